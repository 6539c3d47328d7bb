/* What people write freely: anything may stand in it. */
#include "classify/recogniser.h"

static const ss_recogniser list[] = {
    {"free-text", SS_CLASS_FREE_TEXT, "tjx",
     "note|notes|note private|note public|comment|comments|comment "
     "text|*comments|remark|remarks|*remark|bemerkung*|anmerkung*|"
     "kommentar|notiz*|remarque*|commentaire*|observacion*|observaciones|comentario*|commento|"
     "commenti|nota|opmerking*|feedback|feedbacks|"
     "message|messages|message text|message body|gift message|body|body text|html "
     "body|raw|cooked|raw email|email body|content|contents|post content|"
     "text|value text|html|letter|biography|bio|about me|about|bio raw|bio cooked|review|review "
     "text|complaint|reason text|"
     "edit reason|retire reason|void reason|action failure details|failure details|void "
     "comment|subject|topic|headline|"
     "secret question|security question|transcript|memo|status msg|status "
     "message|*cardtext|friendly name|signature|custom message|answer|response text|"
     "search term*|query text|chat*|notice|narrative|free text|freitext|sig",
     "description|desc|descr|details|information|reason|label|filename|file name|original "
     "name|custom *|custom|custom field *|extra *|udf *|attribute *|field *|value from|value "
     "to|old value|new value|before|after|answer|response",
     "id|count|format|type|status|enabled|date|at|length|url|hash|num*|rating|shelf|short", NULL,
     SS_PROOF_NONE},
    {"document", SS_CLASS_FREE_TEXT, "jtx",
     "payload|raw user meta data|user metadata|session value|sess data|sessdata|session "
     "data|request body|response body|raw data|"
     "event data|action data|details json|extra data|custom data|meta value|user data|profile "
     "data|properties json|keys json|attachment*|form data",
     "extra|data|info|information|attributes|properties|additional info|json|metadata|details",
     "id|count|type|size|app meta*|name", NULL, SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_free_text = {list, sizeof list / sizeof list[0]};
