/* Special categories (GDPR, Art. 9) and criminal data (Art. 10): from names, comments and labels; never from values alone. */
#include "classify/recogniser.h"

#define NOT_OF_A_PERSON                                                                            \
    "enabled|count|cost|price|fee|charge|amount|payer|paid|days supply "                           \
    "limit|date|datetime|time|id type|visit id"

static const ss_recogniser list[] = {
    {"health", SS_CLASS_SPECIAL_CATEGORY, "tiejnb",
     "diagnosis|diagnoses|diagnos*|icd|icd 9|icd 10|icd10|icd9|snomed*|condition concept "
     "id|condition source*|condition status*|"
     "disease|illness|symptom*|allerg*|allergen|coded allergen|reaction|reaction 1|reaction "
     "2|severity|severity 1|severity 2|"
     "severity concept id|medication|drug|drug concept id|drug source*|drug "
     "exposure*|prescription|dosage|dose|vaccin*|immuni*|"
     "health detail*|health condition*|health history|surgical*|inpatient*|outpatient*|risk "
     "factor*|risk factors|other risk*|smoker|smoking*|tobacco*|alcohol*|blood type|blood "
     "group|blutgruppe|disab*|handicap*|screenreader|pregnan*|cause of "
     "death*|cause concept id|cause source*|"
     "bodysite*|body site|reasoncode|reasondescription|reason code|procedure code|procedure "
     "concept id|procedure source*|"
     "modality*|encounterclass|encounter "
     "class|krankheit*|krankmeldung|maladie|enfermedad|malattia|ziekte|hiv|mental health|"
     "measurement concept id|measurement source*|value as number|value as concept id|value as "
     "string|value source value|"
     "observation concept id|value coded|value numeric|value drug|value complex|non coded "
     "allergen|lab result|revenue code*|drg*|"
     "device concept id|visit concept id|note class*|medical*|health status|bmi|sick*",
     NULL, NOT_OF_A_PERSON, NULL, SS_PROOF_NONE},
    {"ethnicity", SS_CLASS_SPECIAL_CATEGORY, "tie",
     "ethnicity|ethnic|ethnic group|ethnicity concept id|ethnicity source*|race|race concept "
     "id|race source*|skin colo*|ethnie|etnia|razza|raza|ras|"
     "herkunft|migrationshintergrund|tribe|caste",
     NULL, "time|track|car|event", NULL, SS_PROOF_NONE},
    {"religion", SS_CLASS_SPECIAL_CATEGORY, "tie",
     "religion|religious*|faith|denomination|church|konfession|religionszugehorigkeit|godsdienst|"
     "religione|kirchensteuer*",
     NULL, "id type", NULL, SS_PROOF_NONE},
    {"politics", SS_CLASS_SPECIAL_CATEGORY, "tie",
     "political*|party membership|political party|parteizugehorigkeit|partei", NULL, NULL, NULL,
     SS_PROOF_NONE},
    {"union", SS_CLASS_SPECIAL_CATEGORY, "tieb",
     "union member*|trade union*|labor union|gewerkschaft*|syndicat|sindicato|sindacato|vakbond",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"sexuality", SS_CLASS_SPECIAL_CATEGORY, "tie",
     "sexual orientation|orientation sexuelle|sexuality|sexual preference*|sex life|sexuelle "
     "orientierung|orientacion sexual",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"genetic", SS_CLASS_SPECIAL_CATEGORY, "tj",
     "genom*|genotype|dna|dna sequence|genetic*|allele|karyotype", NULL, NULL, NULL, SS_PROOF_NONE},
    {"criminal", SS_CLASS_SPECIAL_CATEGORY, "tieb",
     "criminal*|conviction*|convicted|offence|offense|arrest*|sentence "
     "length|prison*|inmate*|vorstrafe*|strafregister|casier judiciaire|"
     "antecedentes penales|strafblad|felony|parole",
     NULL, NULL, NULL, SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_special = {list, sizeof list / sizeof list[0]};
