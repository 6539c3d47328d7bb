#include "classify/compound.h"

#include <string.h>

#define WORD_MAX  40
#define PARTS_MAX 4

/* What column names are made of, in the languages of the recognisers; sorted. */
/* clang-format off */
static const char *const vocabulary[] = {
    "abo", "absence", "acc", "accept", "access", "account", "acct", "activity", "address", "admin", "adresse", "agent",
    "alert", "alias", "alt", "amount", "amt", "anrede", "answer", "apellido", "apellidos", "app", "appointment",
    "approval", "approved", "area", "article", "artist", "assign", "assigned", "assignee", "attempt", "attribute",
    "audit", "auth", "author", "authority", "avatar", "badge", "balance", "bank", "bcc", "begin", "benefit", "benutzer",
    "beruf", "bill", "billing", "bio", "birth", "blocked", "blog", "blood", "body", "booking", "born", "bought",
    "bounce", "branch", "brand", "browser", "building", "business", "buyer", "calendar", "call", "calle", "caller",
    "campaign", "campus", "captcha", "card", "cart", "cas", "cat", "category", "cell", "cert", "changed", "channel",
    "charge", "check", "child", "children", "church", "city", "civil", "claim", "class", "clave", "client", "cliente",
    "clientes", "close", "closed", "coach", "code", "codigo", "color", "comment", "commune", "company", "complaint",
    "compte", "conf", "confirmed", "consent", "contact", "contract", "cookie", "cost", "count", "country", "county",
    "coupon", "course", "created", "credit", "ctry", "currency", "cust", "custom", "customer", "data", "date", "datum",
    "day", "dead", "death", "debit", "default", "deleted", "delivery", "department", "dept", "desc", "description",
    "dest", "device", "diagnosis", "digest", "direccion", "discount", "display", "district", "doc", "document",
    "domain", "donor", "dose", "download", "draft", "driver", "due", "duration", "edad", "edu", "education", "email",
    "emergency", "emp", "employee", "employer", "enabled", "end", "enrol", "enter", "entity", "entry", "error",
    "ethnic", "ethnicity", "event", "exam", "exp", "expiration", "expire", "expires", "expiry", "extension", "external",
    "facebook", "family", "father", "fax", "fecha", "fee", "feedback", "field", "file", "first", "fiscal", "flag",
    "flight", "floor", "follower", "foreign", "forename", "foto", "freight", "friend", "from", "full", "fund",
    "gateway", "gebruiker", "geburt", "geburts", "gender", "geo", "gift", "github", "given", "goal", "google", "grade",
    "graduation", "group", "guardian", "guest", "hair", "hash", "health", "hear", "height", "hex", "hire", "history",
    "holder", "holiday", "home", "host", "hour", "house", "household", "iban", "icon", "identifier", "image", "income",
    "index", "info", "initials", "inn", "insert", "inst", "instagram", "insurance", "interest", "interview", "invite",
    "invited", "invoice", "issue", "item", "job", "join", "joined", "kennwort", "key", "keyword", "kind", "konto",
    "kunde", "kunden", "label", "language", "last", "lat", "latitude", "lead", "leave", "ledger", "legal", "length",
    "letter", "level", "lic", "licence", "license", "lier", "line", "link", "linkedin", "list", "loan", "local",
    "locale", "location", "log", "logged", "login", "logo", "lon", "longitude", "lookup", "lower", "loyalty", "maiden",
    "mail", "major", "manager", "manual", "map", "marital", "marketing", "mat", "max", "med", "medical", "medication",
    "meeting", "member", "membership", "memo", "message", "middle", "mime", "min", "minute", "mobil", "mobile", "mode",
    "modified", "money", "month", "mother", "move", "movie", "nachname", "nacimiento", "naissance", "name", "names",
    "national", "nationality", "near", "need", "net", "news", "newsletter", "next", "nick", "nickname", "nom", "nombre",
    "note", "notes", "notice", "notification", "number", "numero", "nummer", "occupation", "offer", "office", "offset",
    "old", "online", "opac", "open", "opt", "opted", "option", "optional", "order", "org", "origin", "original",
    "other", "others", "outcome", "overdue", "owner", "package", "page", "parent", "partner", "party", "pass",
    "passport", "passwd", "password", "path", "patient", "patron", "pay", "payment", "payroll", "period", "permit",
    "person", "persona", "personal", "pet", "phone", "photo", "picture", "pin", "place", "plan", "plate", "plz",
    "points", "policy", "pool", "port", "position", "post", "postal", "postcode", "prefix", "premium", "present",
    "prev", "previous", "price", "primary", "priority", "private", "pro", "product", "profile", "program", "project",
    "promo", "pronoun", "pronouns", "provider", "public", "purchase", "quantity", "query", "question", "queue", "race",
    "rank", "rate", "rating", "reader", "reading", "real", "reason", "rec", "receiver", "recipient", "record",
    "recovery", "ref", "reference", "refund", "reg", "region", "registered", "rejected", "relation", "release",
    "religion", "remark", "remarks", "remote", "rental", "reply", "report", "request", "required", "reserve", "reset",
    "resident", "response", "result", "retired", "revenue", "review", "reviewer", "reward", "ride", "role", "room",
    "route", "row", "safety", "salary", "sale", "sales", "salt", "sample", "save", "schedule", "school", "score", "sec",
    "second", "secret", "section", "security", "seen", "seller", "send", "sender", "sent", "serial", "service",
    "session", "sex", "shift", "ship", "shipping", "shop", "short", "sign", "signature", "skill", "skype", "sms",
    "social", "sort", "source", "spouse", "ssn", "staff", "stage", "stamp", "start", "state", "station", "status",
    "step", "stop", "store", "strasse", "street", "string", "student", "style", "sub", "subject", "subscription",
    "suburb", "sum", "supervisor", "supplier", "support", "surname", "survey", "system", "tag", "target", "task", "tax",
    "taxable", "teacher", "team", "tel", "telefon", "telefono", "telephone", "template", "test", "text", "thread",
    "thumb", "ticket", "time", "timer", "timestamp", "timezone", "title", "token", "total", "town", "tracking", "trade",
    "training", "transaction", "transfer", "travel", "trial", "trip", "twitter", "txt", "type", "unit", "update",
    "updated", "upload", "upper", "url", "usage", "user", "username", "usr", "usuario", "valid", "validation", "value",
    "vat", "vehicle", "vendor", "verified", "version", "view", "visa", "visit", "visited", "visitor", "visits",
    "vorname", "vote", "voucher", "wage", "wall", "war", "ward", "warehouse", "web", "website", "week", "weight",
    "whatsapp", "wish", "work", "worked", "worker", "write", "year", "zip", "zone",
};
/* clang-format on */

/* Too short to stand in the middle of a word. */
static const char at_ends[] = " id ip no nr by at to ";

static bool
is_at_end(const char *word)
{
    const char wanted[] = {' ', word[0], word[1], ' ', '\0'};

    return strstr(at_ends, wanted) != NULL;
}

static bool
is_known(const char *word, size_t n)
{
    size_t from = 0, to = sizeof vocabulary / sizeof vocabulary[0];

    while (from < to)
    {
        const size_t middle = from + (to - from) / 2;
        const int order = strncmp(vocabulary[middle], word, n);

        if (order == 0 && vocabulary[middle][n] == '\0')
            return true;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

/* Into the fewest parts; how many, 0: it is not made of known words.  ends: of each part. */
static size_t
take_apart(const char *word, size_t n, size_t ends[PARTS_MAX])
{
    size_t parts[WORD_MAX + 1] = {0}, before[WORD_MAX + 1] = {0}, count;

    for (size_t end = 2; end <= n; end++)
    {
        for (size_t start = 0; start + 2 <= end; start++)
        {
            const size_t length = end - start;
            const bool known = length > 2 ? is_known(word + start, length)
                                          : (start == 0 || end == n) && is_at_end(word + start);

            if (!known || (start > 0 && parts[start] == 0) ||
                (parts[end] != 0 && parts[end] <= parts[start] + 1))
                continue;
            parts[end] = parts[start] + 1;
            before[end] = start;
        }
    }
    count = parts[n];
    if (count < 2 || count > PARTS_MAX)
        return 0;
    for (size_t i = count, end = n; i > 0; i--)
    {
        ends[i - 1] = end;
        end = before[end];
    }
    return count;
}

ss_words
ss_compound_split(ss_words words, ss_arena *result)
{
    const char **list = ss_alloc(result, PARTS_MAX * words.n + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < words.n; i++)
    {
        const size_t length = strlen(words.list[i]);
        size_t ends[PARTS_MAX], start = 0;
        const size_t parts = length < 5 || length > WORD_MAX || is_known(words.list[i], length)
                                 ? 0
                                 : take_apart(words.list[i], length, ends);

        if (parts == 0)
            list[n++] = words.list[i];
        for (size_t k = 0; k < parts; k++)
        {
            list[n++] = ss_strndup(result, words.list[i] + start, ends[k] - start);
            start = ends[k];
        }
    }
    return (ss_words){.list = list, .n = n};
}
