/* What people do and have: moments and amounts of rows that are about them. */
#include "classify/recogniser.h"

static const ss_recogniser list[] = {
    {"timestamp", SS_CLASS_NON_PERSONAL, "dmni",
     "created|created at|created on|created date|createdate|creation date|creationdate|creation "
     "ts|creation time|date created|*created|created time|created timestamp|created unix|created "
     "ts|"
     "updated|updated at|updated on|update date|last update|last updated|date "
     "updated|*updated|updated unix|updated ts|date changed|changed at|modified|modified "
     "at|modified on|modified date|"
     "modifieddate|*modified|last modified|date modified|deleted at|deleted on|date "
     "deleted|inserted at|insert date|expires at|expiry|expiry date|expir*|exp "
     "time|valid from|valid to|valid until|"
     "valid start*|valid end*|not before|not after|tms|datec|tstamp|timestamp|*timestamp|row "
     "timestamp|sent at|*sent at|last emailed*|retired at|date retired|date voided|approved "
     "at|hidden at|"
     "invited at|published at|synced at|last sync*|processed at|scheduled*|next run*|last run*|run "
     "at|started at|finished at|baked at|actualizado|fecha "
     "alta|fechaalta|timecreated|timemodified|opened on|"
     "added at|ingested at|effective date|journal timestamp|rotated at",
     NULL, "first seen*|last seen*|login*|purchase*", NULL, SS_PROOF_NONE},
    {"timestamp", SS_CLASS_QUASI_IDENTIFIER, "dmni",
     "passport expir*|licence expir*|license expir*|visa expir*|contract end*|last "
     "login*|lastlogin|current login|currentlogin|last access*|lastaccess|first "
     "access|firstaccess|last active*|last seen*|lastactivity|last activity|last sign in at|last "
     "posted*|"
     "login at|login time|signed in at|registered at|registration date|date "
     "registered|hire date|hiredate|termination date|death date|deathdate|date of death|deceased*|"
     "admission*|discharge*|visit date|visited at|order date|ordered "
     "at|orderdate|*orderdate|purchase*|purchased at|paid at|payment date|invoice date|shipped "
     "at|delivered at|birth*|seen at|"
     "enrolled at|enrol*|attended*|check in|check out|clicked at|opened "
     "at|suspended*|banned*|silenced*",
     NULL, "count|ip|id|by|type", NULL, SS_PROOF_NONE},
    {"code", SS_CLASS_QUASI_IDENTIFIER, "t", NULL, "source value", NULL, NULL, SS_PROOF_NONE},
    {"user-agent", SS_CLASS_QUASI_IDENTIFIER, "t", NULL,
     "agent|browser name|os name|os|operating system|platform|device type", NULL, NULL,
     SS_PROOF_NONE},
    {"tracking-code", SS_CLASS_QUASI_IDENTIFIER, "t", NULL,
     "trackcode|*trackcode|tracking*|shipment number|parcel*|sendungsnummer|numero suivi", NULL,
     NULL, SS_PROOF_NONE},
    {"url", SS_CLASS_QUASI_IDENTIFIER, "t", NULL,
     "url|referer|referrer|landing page|page path|request path|request uri|visited page", NULL,
     NULL, SS_PROOF_NONE},
    {"money", SS_CLASS_QUASI_IDENTIFIER, "n",
     "balance|credit limit|total paid|paid by*|payment amount|paid amount|order total|orders "
     "total|total spent|lifetime value|invoice total|debt|outstanding*",
     NULL, NULL, NULL, SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_doings = {list, sizeof list / sizeof list[0]};
