/* What mostly is not about a person: names that the weights know as kinds, and that decide nothing by themselves. */
#include "classify/recogniser.h"

#define NP SS_CLASS_NON_PERSONAL

static const ss_recogniser list[] = {
    {"flag", NP, "tib",
     "is *|has "
     "*|flag|flags|enabled|disabled|active|inactive|activebool|deleted|archived|locked|"
     "visible|hidden|public|private|verified|confirmed|default|primary|"
     "required|approved|published|read|unread|used|valid|invalid|obsolete|voided|retired|preferred|"
     "optional|readonly|allow*|enable*|disable*|show*|can *|use *|auto*|oxactive|estado "
     "activo|activo|actif|aktiv|attivo|actief",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"currency", NP, "te",
     "currency|currency code|currency id|currency "
     "iso|wahrung|waehrung|devise|divisa|valuta|moneda|coddivisa|*currency",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"status", NP, "tiejn",
     "status|*status|state|stage|phase|statut|estado|stato|zustand|level|priority|severity "
     "level|trust level|visibility|membership",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"code", NP, "tieju",
     "type|*type|types|kind|mode|*mode|code|*code|codes|category|class|classification|group "
     "type|format|*format|scheme|protocol|method|algorithm|algo|version|*version|revision|"
     "module|entity|entity "
     "type|model|template|theme|style|layout|icon|colo*|mime*|charset|encoding|extension|suffix "
     "type|prefix type|hash|checksum|etag|digest|sha*|md 5|slug|handle "
     "key|sku|ean|isbn|gtin|barcode|upc|"
     "reference|ref|number|nummer|numero|*nr|no|serie|serial|position "
     "code|role|roles|scope|scopes|permission*|privilege*|realm|tenant|namespace|provider|driver|"
     "engine|vendor|source|origin|channel|medium|action|event|operation|"
     "option|options|setting|settings|config*|preference|preferences|key|rule|rules|attr|attribute|"
     "tag|tags|lang|language|locale|timezone|interval|unit|units|pattern|regex|query|table|column|"
     "schema|path|file|filename|folder|dir|directory",
     NULL, "post*|zip*|country*|personal*|id card", NULL, SS_PROOF_NONE},
    {"count", NP, "nit",
     "count|counts|cnt|counter|num *|number of *|nb *|total "
     "number|quantity|qty|menge|cantidad|stock|sort|*sort|sort "
     "order|sortorder|order|ordinal|position|rank|sequence|seq|priority|weight order|"
     "size|length|width|height|depth|bytes|max *|min "
     "*|limit|offset|page|pages|index|idx|attempts|attempt|retries|views|hits|likes|votes|version "
     "number|revision number|stream ordering|stream id|depth|level|lft|rgt|points|"
     "score|rating|ratio|percent*|rate|vat|*vat|tax rate|taxrate|discount "
     "rate|factor|duration|timeout|ttl|days|hours|minutes|seconds|ms|milliseconds|capacity|"
     "threshold|retention*|premake",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"name-of-thing", NP, "t",
     "product name|item name|article name|category name|group name|role name|table name|column "
     "name|file name|filename|domain name|server name|plugin name|class "
     "name|event name|field name|tag name|"
     "company type|organization type|store name|short name|shortname|concept name|vocabulary "
     "name|care site name|provider name alias|room name|channel "
     "name|oxtitle*|oxdesc*|oxshortdesc*|oxlongdesc*",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"url", NP, "t",
     "icon url|logo url|callback url|redirect uri*|base url|root url|uri|endpoint|webhook "
     "url|image url|thumbnail url|link|permalink|management url|help link|custom url",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"money", NP, "n",
     "price|*price|unit price|list price|precio|prix|preis|prezzo|prijs|cost price|min price|max "
     "price|msrp|revenue|fee rate",
     NULL, NULL, NULL, SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_plain = {list, sizeof list / sizeof list[0]};
