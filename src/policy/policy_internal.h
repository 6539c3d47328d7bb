/*
 * For policy/ only: a YAML document as a tree with places.
 *
 * The tree keeps where every node stands in the file, so that messages can point there and edits
 * can be made there without re-emitting anything.
 */
#ifndef SS_POLICY_INTERNAL_H
#define SS_POLICY_INTERNAL_H

#include "policy/policy.h"

#define SS_POLICY_FILE_LIMIT (64U << 20) /* bytes: what plan writes for 40,000 tables */
#define SS_YAML_KEY_MAX                                                                            \
    1000 /* bytes: a longer key, of a function's arguments, needs a ? before it */

typedef enum ss_yaml_kind
{
    SS_YAML_SCALAR,
    SS_YAML_LIST,
    SS_YAML_MAP,
} ss_yaml_kind;

typedef struct ss_yaml
{
    ss_yaml_kind kind;
    const char *text;    /* scalar */
    bool quoted;         /* scalar: in quotes, so never a YAML word */
    bool flow;           /* list, map: {..} or [..] */
    size_t line, column; /* from 1 */
    size_t start, end;   /* characters from ss_yaml_begins(); end is one past */
    size_t n;
    struct ss_yaml **keys;   /* map: scalars */
    struct ss_yaml **values; /* map, list */
} ss_yaml;

/* Parse text (n bytes) of file into root.  SS_EMEND with file:line:column. */
ss_code ss_yaml_parse(const char *file, const char *text, size_t n, ss_arena *result,
                      ss_yaml **root, ss_error *err);

/* The byte where the document begins: behind a byte order mark. */
size_t ss_yaml_begins(const char *text, size_t n);

/* The value of key in a map, or NULL. */
const ss_yaml *ss_yaml_get(const ss_yaml *map, const char *key);

/* "file:line:column: ..." */
ss_code ss_yaml_fail(const char *file, const ss_yaml *at, ss_error *err, const char *fmt, ...)
    SS_PRINTF(4, 5);

/* A scalar that is no word of YAML itself and not empty, unless it is quoted. */
ss_code ss_yaml_scalar(const char *file, const ss_yaml *at, const char *what, const char **text,
                       ss_error *err);

/* `at` is none of the words that may stand here: what (a "key", a "mode"), the nearest one, all of them. */
ss_code ss_yaml_unknown(const char *file, const ss_yaml *at, const char *what,
                        const char *const *words, size_t n, ss_error *err);

/* A map, and every key of it one of these. */
ss_code ss_yaml_known_keys(const char *file, const ss_yaml *map, const char *what,
                           const char *const *words, size_t n, ss_error *err);

/* Nothing stands behind the colon. */
bool ss_yaml_is_nothing(const ss_yaml *at);

/* The policy out of its tree; the tree stays with it for edits. */
ss_code ss_policy_from_yaml(const char *file, const ss_yaml *root, ss_arena *result,
                            ss_policy **policy, ss_error *err);

/* The csv: section. */
ss_code ss_csv_tables_from_yaml(const char *file, const ss_yaml *map, ss_arena *result,
                                const ss_csv_table **tables, size_t *n, ss_error *err);

/* The key: and links: sections; folder: of the file, where its paths start. */
ss_code ss_policy_key_from_yaml(const char *file, const ss_yaml *map, const char *folder,
                                ss_arena *result, const ss_policy_key **key, ss_error *err);
ss_code ss_policy_links_from_yaml(const char *file, const ss_yaml *map, ss_arena *result,
                                  const ss_policy_link **links, size_t *n, ss_error *err);

/*
 * Names with dots between, quoted as SQL has them: schema.table, normalised, and the column's name behind it where
 * column is not NULL.  False when they are not so many.
 */
bool ss_policy_read_label(const char *text, ss_arena *result, const char **label,
                          const char **column);

/* Eight hexadecimal digits. */
ss_code ss_digest_from_yaml(const char *file, const ss_yaml *at, const char *what,
                            const char **text, ss_error *err);

/* signed: of an entry, where it has one. */
ss_code ss_signature_from_yaml(const char *file, const ss_yaml *map, ss_signature *signature,
                               ss_error *err);

/* The text: map of the schema: section. */
ss_code ss_text_rules_from_yaml(const char *file, const ss_yaml *map, ss_arena *result,
                                const ss_text_rule **rules, size_t *n, ss_error *err);

/* The lines that plan writes for a finding, `by` blanks in: an entry, undecided. */
void ss_text_rule_write(const ss_suspect *suspect, size_t by, ss_buf *out);

/* A scalar, quoted where plain text would mean something else. */
void ss_policy_put_scalar(ss_buf *out, const char *text);

/* Does a table of the mode take the treatment for a column of the class?  NULL, or why not. */
const char *ss_policy_refusal(ss_mode mode, ss_class class, ss_treatment treatment);

/* Nothing can be made of its type, nor can it be read: only NULL is left. */
bool ss_policy_unknown_type(const ss_catalog *catalog, const ss_column *column);

/* Can it be NULL, by itself and by its domains? */
bool ss_policy_nullable(const ss_catalog *catalog, const ss_column *column);

typedef enum ss_uncountable
{
    SS_COUNTABLE,
    SS_TOO_MANY_ROUTES, /* more than SS_ROUTES_MAX */
    SS_AMBIGUOUS_ROUTE, /* by the key of one partition, which others may have as well */
} ss_uncountable;

/* Do ways to people begin with the reference of the table?  Those that the policy names; where it names none all but those to the table itself. */
bool ss_policy_is_followed(const ss_table_plan *plan, size_t table, const ss_reference *reference);

/* All of those, declared or said by the policy; in result. */
const ss_reference **ss_policy_followed(const ss_catalog *catalog, const ss_table_plan *plan,
                                        size_t table, ss_arena *result, size_t *n);

/* The routes of every table; its subject columns are known.  why: per table, why nobody can be counted; it gets none then. */
void ss_policy_find_routes(const ss_catalog *catalog, ss_table_plan *tables, ss_uncountable *why,
                           ss_arena *result);

/* --- rules -------------------------------------------------------------------------------------- */

/* Is anything that the rule matches covered by it? */
bool ss_rule_covers_any(const ss_rule_columns *columns);

/*
 * The most special rule that matches the column, or NULL.  *rival: another one of the same file, just as
 * special, that says something else; or NULL.
 */
const ss_policy_rule *ss_rule_find(const ss_policy *policy, const ss_catalog *catalog,
                                   const ss_table *table, const ss_column *column,
                                   ss_arena *scratch, const ss_policy_rule **rival);

/* All columns that a rule of the policy matches by now, and which of them it covers. */
ss_rule_columns ss_rule_columns_of(const ss_policy *policy, const ss_policy_rule *rule,
                                   const ss_catalog *catalog, ss_arena *result);

/* As if plan wrote the rule now. */
void ss_rule_cover_all(ss_rule_columns *columns);

bool ss_rule_covers(const ss_rule_columns *columns, const char *label);

/* --- digests of what a signature covers --------------------------------------------------------- */

/*
 * How the type is written, and what a domain, a composite or an array of them is made of, which may change below the
 * name; in result.
 */
const char *ss_policy_type_text(const ss_catalog *catalog, const ss_column *column,
                                ss_arena *result);

/*
 * Of a table's entry: label, mode, subject, and of each column name, type and what decides it: its own
 * entry, else a rule.
 */
const char *ss_policy_cover_table(const ss_policy *policy, const ss_catalog *catalog,
                                  const ss_policy_table *entry, const ss_table *table,
                                  ss_arena *result);

/* The one column without which the table is what was signed; SS_NONE: something else has changed. */
size_t ss_policy_added_column(const ss_policy *policy, const ss_catalog *catalog,
                              const ss_policy_table *entry, const ss_table *table);

/* Of one column: its name with table and schema, type, the table's mode, class, treatment, parameters. */
const char *ss_policy_cover_column(const ss_catalog *catalog, const ss_policy_table *table,
                                   const ss_policy_column *entry, const ss_column *column,
                                   ss_arena *result);

/*
 * Of a rule: pattern, class, treatment, parameters, and of each of columns that it covers name, type and the mode of its
 * table, which says what the class comes to.
 */
const char *ss_policy_cover_rule(const ss_policy *policy, const ss_catalog *catalog,
                                 const ss_policy_rule *rule, const ss_rule_columns *columns,
                                 ss_arena *result);

/* Of a text: object, what is done with it, and which text it is, by its digest; NULL: that is not known. */
const char *ss_policy_cover_text(const ss_text_rule *rule, const char *digest, ss_arena *result);

#endif
