/* Where somebody lives or is. */
#include "classify/recogniser.h"
#include "forms/uk.h"

#define OF_A_SITE                                                                                  \
    "id|type|ip*|mac*|count|email*|mail*|web*|url|code*|name "                                     \
    "pattern|format|status|machine*|wallet*|memory*"

static const ss_recogniser list[] = {
    {"street-number", SS_CLASS_QUASI_IDENTIFIER, "tin",
     "street number|streetnumber|street no|street type|streettype", NULL, NULL, NULL,
     SS_PROOF_NONE},
    {"street-address", SS_CLASS_DIRECT_IDENTIFIER, "t",
     "address|adresse|adres|street|*street|street address|street name|streetname|street "
     "number|*streetnr|house "
     "number|house no|housenumber|address line*|address line 1|address line 2|addressline*|"
     "address 1|address 2|address 3|address 4|address 5|address 6|address 7|address 8|address "
     "9|address 10|address 11|address 12|address 13|address 14|address 15|home address|mailing "
     "address|"
     "postal address|billing address|shipping address|delivery address|residence|*addinfo|addr "
     "1|addr 2|addr|strasse|*strasse|str|hausnummer|"
     "anschrift|rue|adresse "
     "postale|calle|direccion|domicilio|via|indirizzo|straat|straatnaam|huisnummer|apartment|unit "
     "number|po box|apartado|postfach",
     NULL, OF_A_SITE, NULL, SS_PROOF_NONE},
    {"postcode", SS_CLASS_QUASI_IDENTIFIER, "t", NULL, NULL, NULL, ss_is_gb_postcode,
     SS_PROOF_FORM},
    {"postcode", SS_CLASS_QUASI_IDENTIFIER, "ti",
     "postcode|post code|postal code|postalcode|zip|*zip|zip code|zipcode|zip "
     "4|plz|postleitzahl|code postal|codepostal|codpostal|codigo postal|cap|codice "
     "postale|postcode 1",
     NULL, "type|id|file|archive*", ss_is_gb_postcode, SS_PROOF_NONE},
    {"city", SS_CLASS_QUASI_IDENTIFIER, "t",
     "city|*city|town|city "
     "village|suburb|locality|municipality|village|ort|wohnort|stadt|ville|commune|ciudad|"
     "poblacion|localidad|citta|comune|stad|plaats|woonplaats|gemeente|hometown|location name",
     "location|place", "id|count|code", NULL, SS_PROOF_NONE},
    {"region", SS_CLASS_QUASI_IDENTIFIER, "tie",
     "county|county district|state province|province|provincia|billing state|shipping "
     "state|departement|bundesland|kanton|canton|fips|census "
     "tract|lsoa|msoa|nuts*|prefecture|district|state or province",
     "state|region|zone|state name|zone name", "id|machine|session*|status", NULL, SS_PROOF_NONE},
    {"country", SS_CLASS_QUASI_IDENTIFIER, "tie",
     "country|*country|country code|countrycode|land|pays|pais|codpais|paese|billing "
     "country|nation|country of residence",
     NULL, "id|count", NULL, SS_PROOF_NONE},
    {"latitude", SS_CLASS_DIRECT_IDENTIFIER, "tn",
     "coordinates lat|coordinates latitude|gps lat|gps latitude|geo code 1", "latitude|lat",
     "id|job*", NULL, SS_PROOF_NONE},
    {"longitude", SS_CLASS_DIRECT_IDENTIFIER, "tn",
     "coordinates long|coordinates lng|coordinates longitude|gps lon|gps lng|gps long|gps "
     "longitude|geo code 2",
     "longitude|lon|lng|long", "id|job*", NULL, SS_PROOF_NONE},
    {"coordinates", SS_CLASS_DIRECT_IDENTIFIER, "tn", "gps*",
     "geo|geolocation|coordinates|gps*|geom|geometry|location point|position", "id|job*", NULL,
     SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_place = {list, sizeof list / sizeof list[0]};
