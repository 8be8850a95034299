/* Unit tests of schema/names and of the tables in schema/words. */
/* cmocka.h needs the others before it */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "base/arena.h"
#include "schema/names.h"
#include "schema/words.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static kith_arena arena;

static int start_arena(void **state)
{
    (void)state;
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
    return 0;
}

static int end_arena(void **state)
{
    (void)state;
    kith__arena_free(&arena);
    return 0;
}

/* ---- ordinary nouns of data models, by what their plural adds ------------------------------------------------- */

/* clang-format off */
static const char *const plus_s[] = {
    "account", "action", "activation", "actor", "adapter", "admin", "administrator", "advertisement", "advertiser",
    "affiliate", "agenda", "agent", "agreement", "airline", "airplane", "airport", "alarm", "album", "alert",
    "allergen", "allergy_code", "allocation", "amendment", "amount", "animal", "annotation", "answer", "apartment",
    "applicant", "application", "appointment", "approval", "area", "arrangement", "article", "artifact", "artist",
    "asset", "assignment", "associate", "attachment", "attempt", "attendee", "attribute", "auction", "audio", "audit",
    "author", "automobile", "award", "backup", "badge", "baker", "balance", "band", "bank", "banner", "bar", "barcode",
    "base", "basket", "battle", "beacon", "bean", "bed", "belief", "bicycle", "bid", "bill", "billing", "bird", "block",
    "blog", "boat", "body_part", "bond", "book", "booking", "bookmark", "booth", "border", "bot", "bottle", "bowl",
    "brand", "breed", "bridge", "brief", "broker", "browser", "bucket", "budget", "bug", "building", "bundle", "bureau",
    "burger", "button", "buyer", "cabin", "cable", "calculation", "calendar", "call", "camera", "campaign", "candidate",
    "canoe", "car", "card", "care", "career", "carrier", "cart", "case", "cast", "catalog", "cause", "cave", "cell",
    "cellar", "certificate", "chain", "chair", "challenge", "change", "channel", "chapter", "character", "charge",
    "chart", "chat", "check", "checkpoint", "cheese", "chef", "chief", "chip", "choice", "chord", "cinema", "circle",
    "claim", "clause", "cleaner", "clef", "client", "cliff", "clinic", "clip", "clock", "club", "cluster", "coach_seat",
    "coffee", "coin", "collaborator", "colleague", "collection", "college", "color", "column", "combo", "comic",
    "command", "comment", "commission", "commit", "committee", "competitor", "complaint", "component", "concept",
    "concern", "concert", "condition", "conference", "config", "connection", "constraint", "consumer", "contact",
    "container", "content", "contest", "contract", "contribution", "contributor", "conversation", "cook", "cookbook",
    "copy_job", "cost", "counter", "coupon", "course", "court", "cove", "creator", "credential", "credit", "creditor",
    "crew", "crime", "crop", "cruise", "culture", "cup", "curator", "cursor", "curve", "customer", "cycle", "dancer",
    "database", "dataset", "date", "day", "deadline", "deal", "dealer", "debit", "debt", "debtor", "decision", "decree",
    "defect", "defense", "degree", "delay", "delegate", "demand", "dentist", "department", "departure", "deposit",
    "deputy_head", "design", "desk", "destination", "detail", "device", "diagram", "dialog", "diet", "dimension",
    "diploma", "director", "disbursement", "discount", "discussion", "disease", "disk", "display", "dispute",
    "distributor", "district", "division", "doctor", "document", "dog", "domain", "donation", "donor", "door", "dose",
    "download", "draft", "drawer", "driver", "drone", "drug", "duration", "ebook", "edge", "edition", "editor",
    "election", "element", "email", "employee", "employer", "endpoint", "enemy_unit", "engine", "enrollment",
    "enterprise", "envelope", "environment", "episode", "error", "essay", "estate", "estimate", "event", "exam",
    "example", "exception", "exchange", "executive", "exercise", "exhibit", "expense", "experiment", "expert", "export",
    "eye", "fabric", "factor", "failure", "farm", "farmer", "feature", "fee", "festival", "field", "file", "film",
    "filter", "finding", "fine", "firm", "flag", "fleet", "flight", "floor", "flow", "flower", "folder", "follower",
    "food", "force", "forecast", "form", "format", "founder", "frame", "framework", "franchise", "friend", "fruit",
    "function", "fund", "game", "garage", "garden", "gate", "gateway", "gender", "gene", "genre", "gift", "giraffe",
    "glove", "goal", "grade", "grant", "graph", "grave", "grid", "grocer", "group", "guarantee", "guard", "guest",
    "guide", "guitar", "handle", "handler", "head", "header", "highlight", "hike", "hint", "hive", "hobbyist", "holder",
    "holiday", "home", "hook", "horse", "hospital", "host", "hostname", "hotel", "hour", "house", "idea", "identifier",
    "image", "import", "incentive", "incident", "income", "influencer", "ingredient", "initiative", "input",
    "inspection", "inspector", "instance", "instruction", "instructor", "instrument", "integration", "interest",
    "interface", "interval", "interview", "invitation", "invoice", "item", "jacket", "job", "joint", "journal",
    "journey", "judge", "juice", "key", "keyboard", "keyword", "kind", "kit", "lab", "label", "lake", "landlord",
    "language", "laptop", "laser", "lawyer", "layer", "layout", "lead", "leader", "league", "lease", "lecture",
    "ledger", "legend", "lender", "lesson", "letter", "level", "license", "lid", "light", "like", "limit", "line",
    "link", "liquid", "list", "listing", "litre", "loan", "location", "lock", "locker", "log", "login", "logo", "lot",
    "machine", "magazine", "mailbox_rule", "manager", "manufacturer", "map", "market", "master", "mate", "material",
    "meal", "measure", "measurement", "mechanic", "meeting", "member", "membership", "memo", "mention", "menu_item",
    "merchant", "message", "meter", "method", "metric", "microphone", "milestone", "mine", "minister", "minute",
    "mission", "model", "modifier", "module", "moment", "monitor", "monkey", "month", "motor", "mountain", "move",
    "museum", "name", "narrative", "native", "neighbor", "nerve", "network", "node", "noise", "nose", "note",
    "notebook", "notification", "number", "nurse", "object", "objective", "offence", "offer", "office", "officer",
    "olive", "operation", "operator", "opinion", "option", "orbit", "order", "ordinance", "organ", "organization",
    "organizer", "origin", "outage", "outcome", "outlet", "output", "owner", "package", "page", "painter", "painting",
    "panel", "paper", "parameter", "parcel", "parent", "park", "part", "participant", "partner", "passenger",
    "passport", "password", "path", "patient", "pattern", "pause", "payment", "pen", "period", "permission", "permit",
    "pet", "phase", "phone", "photo", "phrase", "piano", "picture", "pilot", "pipeline", "pizza", "place", "plan",
    "plane", "planet", "plant", "plateau", "platform", "player", "playlist", "plugin", "pocket", "poem", "point",
    "policyholder", "poll", "pond", "pool", "port", "portfolio", "position", "post", "preference", "premise",
    "prescription", "presenter", "price", "printer", "prize", "probe", "procedure", "producer", "product", "professor",
    "profile", "program", "project", "promise", "prompt", "proof", "proposal", "provider", "province", "pug",
    "purchase", "purpose", "qualification", "question", "queue", "quota", "quote", "race", "rack", "radio", "rail",
    "range", "rank", "rate", "rating", "ratio", "reader", "reason", "receipt", "recipe", "recipient", "record", "reef",
    "referral", "refund", "region", "registration", "relation", "release", "reminder", "rental", "repair", "replica",
    "report", "request", "reservation", "reserve", "reservoir", "resident", "resource", "response", "restaurant",
    "result", "resume", "retailer", "return", "revenue", "review", "reviewer", "revision", "reward", "ride", "ring",
    "risk", "river", "road", "role", "roof", "room", "root", "rose", "route", "router", "routine", "row", "rule",
    "safe", "sale", "sample", "satellite", "scale", "scene", "schedule", "scheme", "scholar", "school", "scope",
    "score", "screen", "script", "seat", "secret", "section", "sector", "seller", "semester", "sender", "sense",
    "sensor", "sentence", "server", "service", "session", "set", "setting", "settlement", "shape", "share", "sheet",
    "shift", "ship", "shipment", "shirt", "shoe", "shop", "show", "sign", "signal", "signature", "site", "size",
    "skill", "slave", "sleeve", "slide", "slot", "snapshot", "snippet", "song", "sound", "source", "speaker", "sponsor",
    "sport", "spouse", "stage", "stair", "stamp", "stand", "star", "state", "statement", "station", "step", "stock",
    "stop", "store", "stove", "stream", "street", "string", "student", "studio", "style", "subject", "submission",
    "subscriber", "subscription", "suburb", "suggestion", "suite", "summit", "supplement", "supplier", "survey",
    "surveyor", "symbol", "symptom", "synapse", "system", "table", "tablet", "tag", "talent", "target", "task",
    "teacher", "team", "template", "tenant", "tender", "term", "terminal", "territory_map", "test", "text", "theater",
    "theme", "thing", "thread", "ticket", "tile", "time", "timeline", "timezone", "title", "toe", "token", "tool",
    "topic", "tour", "tourist", "tournament", "town", "toy", "trace", "track", "trade", "trailer", "train", "trainer",
    "transaction", "transfer", "translation", "transport", "traveler", "treatment", "tree", "trend", "trial", "trigger",
    "trip", "truck", "trustee", "tune", "tutor", "type", "unit", "universe", "update", "upgrade", "upload", "usage",
    "user", "vacancy_rate", "vaccine", "value", "valve", "van", "variable", "variant", "vase", "vector", "vegetable",
    "vehicle", "vendor", "venture", "venue", "verb", "verse", "version", "video", "view", "villa", "village",
    "violation", "visa", "visit", "visitor", "volume", "volunteer", "vote", "voter", "voucher", "wage", "waiter",
    "wallet", "ward", "warehouse", "warranty_claim", "wave", "weapon", "website", "week", "weight", "wheel", "window",
    "wine", "winner", "wish_list", "word", "worker", "workflow", "workout", "workshop", "wound", "writer", "yacht",
    "yard", "year", "zebra", "zone", "zoo",
};

static const char *const plus_es[] = {
    "access", "address", "approach", "arch", "batch", "beach", "bench", "blitz", "bonus", "box", "branch", "breach",
    "brush", "bus", "bush", "business", "buzz", "campus", "catch", "census", "church", "circus", "class", "coach",
    "compass", "complex", "crash", "dash", "dish", "dispatch", "eyelash", "fax", "flash", "fortress", "fox", "genius",
    "glass", "hash", "hatch", "hoax", "illness", "inbox", "index", "kiss", "lash", "launch", "lunch", "mailbox",
    "march", "match", "mattress", "mess", "minibus", "mix", "nexus", "octopus", "outbox", "paintbrush", "pass", "patch",
    "pitch", "platypus", "plus", "porch", "prefix", "princess", "process", "prospectus", "push", "ranch", "rash",
    "reach", "reflex", "sandwich", "search", "sex", "sketch", "speech", "splash", "squash", "status", "stitch",
    "suffix", "surplus", "switch", "tax", "toothbrush", "torch", "toss", "touch", "trash", "virus", "walrus", "waltz",
    "wash", "watch", "weakness", "wireless", "wish", "witness",
};

static const char *const y_to_ies[] = {
    "ability", "academy", "activity", "agency", "allergy", "anniversary", "army", "artery", "assembly", "authority",
    "baby", "bakery", "balcony", "battery", "beauty", "berry", "biography", "body", "boundary", "bounty", "brewery",
    "butterfly", "candy", "capability", "category", "celebrity", "century", "ceremony", "charity", "cherry", "city",
    "colony", "commodity", "community", "company", "copy", "country", "county", "currency", "daisy", "deficiency",
    "delivery", "deputy", "diary", "dictionary", "directory", "discovery", "duty", "economy", "embassy", "enemy",
    "enquiry", "entity", "entry", "facility", "factory", "faculty", "family", "fantasy", "ferry", "fly", "folly",
    "galaxy", "gallery", "grocery", "history", "hobby", "identity", "industry", "injury", "inquiry", "inventory",
    "itinerary", "jury", "laboratory", "lady", "liability", "library", "lobby", "lottery", "loyalty", "memory",
    "ministry", "modality", "municipality", "nationality", "necessity", "nursery", "opportunity", "party", "penalty",
    "personality", "pharmacy", "philosophy", "policy", "pony", "possibility", "priority", "property", "quality",
    "quantity", "query", "reality", "recovery", "registry", "reply", "salary", "sanctuary", "secretary", "security",
    "sky", "soliloquy", "specialty", "spy", "story", "strategy", "subsidiary", "summary", "supply", "surgery",
    "survey_entry", "taxonomy", "territory", "theory", "therapy", "treaty", "trophy", "university", "utility",
    "vacancy", "variety", "victory", "warranty",
};

/* What the answers have to be; the nouns whose plural or whose place in a name is easily got wrong. */
static const struct word_pair pairs[] = {
    { "pug", "pugs" }, { "person", "people" }, { "child", "children" }, { "man", "men" }, { "woman", "women" },
    { "status", "statuses" }, { "address", "addresses" }, { "bus", "buses" }, { "index", "indexes" },
    { "appendix", "appendixes" }, { "matrix", "matrices" }, { "vertex", "vertices" }, { "quiz", "quizzes" },
    { "analysis", "analyses" }, { "diagnosis", "diagnoses" }, { "hypothesis", "hypotheses" }, { "crisis", "crises" },
    { "criterion", "criteria" }, { "phenomenon", "phenomena" }, { "medium", "media" }, { "curriculum", "curricula" },
    { "stadium", "stadiums" }, { "forum", "forums" }, { "leaf", "leaves" }, { "half", "halves" },
    { "thief", "thieves" }, { "bookshelf", "bookshelves" }, { "roof", "roofs" }, { "chief", "chiefs" },
    { "photo", "photos" }, { "hero", "heroes" }, { "potato", "potatoes" }, { "zero", "zeros" }, { "day", "days" },
    { "city", "cities" }, { "life", "lives" }, { "ox", "oxen" }, { "mouse", "mice" }, { "foot", "feet" },
    { "tooth", "teeth" }, { "goose", "geese" }, { "virus", "viruses" }, { "campus", "campuses" },
    { "alumnus", "alumni" }, { "radius", "radii" }, { "alias", "aliases" }, { "canvas", "canvases" },
    { "bias", "biases" }, { "lens", "lenses" }, { "gas", "gases" }, { "movie", "movies" }, { "cookie", "cookies" },
    { "tie", "ties" }, { "shoe", "shoes" }, { "cache", "caches" }, { "axis", "axes" }, { "base", "bases" },
    { "course", "courses" }, { "house", "houses" }, { "warehouse", "warehouses" }, { "cause", "causes" },
    { "excuse", "excuses" }, { "database", "databases" }, { "purchase", "purchases" }, { "expense", "expenses" },
    { "license", "licenses" }, { "response", "responses" }, { "move", "moves" }, { "cave", "caves" },
    { "curve", "curves" }, { "drive", "drives" }, { "archive", "archives" }, { "hive", "hives" },
    { "sleeve", "sleeves" }, { "wave", "waves" }, { "tax", "taxes" }, { "taxi", "taxis" }, { "box", "boxes" },
    { "employee", "employees" }, { "genre", "genres" }, { "human", "humans" }, { "German", "Germans" },
    { "specimen", "specimens" }, { "stomach", "stomachs" }, { "iris", "irises" }, { "menu", "menus" },
    { "api", "apis" }, { "bureau", "bureaus" }, { "schema", "schemas" }, { "formula", "formulas" }, { "alga", "algae" },
    { "handkerchief", "handkerchiefs" }, { "grandchild", "grandchildren" }, { "salesman", "salesmen" },
    { "chairperson", "chairpeople" }, { "housewife", "housewives" }, { "passerby", "passersby" }, { "café", "cafés" },
    { "address2", "address2s" },
    /* letter case */
    { "Child", "Children" }, { "CHILD", "CHILDREN" }, { "Person", "People" }, { "PERSON", "PEOPLE" },
    { "Mouse", "Mice" }, { "City", "Cities" }, { "CITY", "CITIES" }, { "BUS", "BUSES" }, { "OX", "OXEN" },
    /* compounds */
    { "user_role", "user_roles" }, { "person_role", "person_roles" }, { "OrderLine", "OrderLines" },
    { "salesPerson", "salesPeople" }, { "sales_person", "sales_people" }, { "news-item", "news-items" },
    { "street address", "street addresses" }, { "XMLChild", "XMLChildren" }, { "level2Child", "level2Children" },
    { "USER_STATUS", "USER_STATUSES" },
};
/* clang-format on */

static const char *const same_in_both[] = {
    "sheep",     "fish",          "series",           "species",   "money",   "equipment", "information", "rice",
    "news",      "data",          "metadata",         "furniture", "luggage", "software",  "Sheep",       "SHEEP",
    "user_data", "MountainSheep", "orderInformation", "sms",
};

static void check_pair(const char *singular, const char *plural)
{
    assert_string_equal(kith__pluralize(&arena, singular), plural);
    assert_string_equal(kith__singularize(&arena, plural), singular);
    assert_string_equal(kith__pluralize(&arena, plural), plural);
    assert_string_equal(kith__singularize(&arena, singular), singular);
}

/* The first n letters of the word, then the ending; into a static buffer that the next call overwrites. */
static const char *ending(const char *word, size_t n, const char *end)
{
    static char text[64];
    snprintf(text, sizeof text, "%.*s%s", (int)n, word, end);
    return text;
}

static void test_schema_names__ordinary_nouns_go_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(plus_s); i++)
        check_pair(plus_s[i], ending(plus_s[i], strlen(plus_s[i]), "s"));
    for (size_t i = 0; i < COUNT(plus_es); i++)
        check_pair(plus_es[i], ending(plus_es[i], strlen(plus_es[i]), "es"));
    for (size_t i = 0; i < COUNT(y_to_ies); i++)
        check_pair(y_to_ies[i], ending(y_to_ies[i], strlen(y_to_ies[i]) - 1, "ies"));
}

static void test_schema_names__special_nouns_go_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++)
        check_pair(pairs[i].word, pairs[i].other);
    for (size_t i = 0; i < COUNT(same_in_both); i++)
        check_pair(same_in_both[i], same_in_both[i]);
}

/* Two words with one plural: the plural leads back to the more usual word. "data" counts as a word of its own. */
static void test_schema_names__shared_plurals_lead_to_one_singular(void **state)
{
    (void)state;
    static const char *const shared[][3] = {
        { "axe", "axes", "axis" },     { "basis", "bases", "base" }, { "ellipsis", "ellipses", "ellipse" },
        { "leave", "leaves", "leaf" }, { "datum", "data", "data" },
    };
    for (size_t i = 0; i < COUNT(shared); i++) {
        assert_string_equal(kith__pluralize(&arena, shared[i][0]), shared[i][1]);
        assert_string_equal(kith__singularize(&arena, shared[i][1]), shared[i][2]);
        assert_string_equal(kith__pluralize(&arena, shared[i][2]), shared[i][1]);
        assert_string_equal(kith__singularize(&arena, shared[i][0]), shared[i][0]);
    }
}

static void test_schema_names__second_plurals_are_understood(void **state)
{
    (void)state;
    static const struct word_pair others[] = {
        { "indices", "index" },   { "appendices", "appendix" }, { "formulae", "formula" },
        { "schemata", "schema" }, { "cactuses", "cactus" },     { "matrixes", "matrix" },
        { "persons", "person" },  { "mediums", "medium" },      { "zeroes", "zero" },
        { "Octopi", "Octopus" },  { "userIDs", "userID" },      { "publicAPIs", "publicAPI" },
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_string_equal(kith__singularize(&arena, others[i].word), others[i].other);
        assert_string_equal(kith__pluralize(&arena, others[i].word), others[i].word);
    }
}

static void test_schema_names__odd_texts_do_no_harm(void **state)
{
    (void)state;
    static const char *const stay[] = { "", "_", "user_", "users_", "_ - " };
    for (size_t i = 0; i < COUNT(stay); i++)
        check_pair(stay[i], stay[i]);
    assert_string_equal(kith__singularize(&arena, "os"), "os");
    assert_string_equal(kith__pluralize(&arena, "PlanB"), "PlanBs");
    check_pair("_user", "_users");
}

/* ---- the tables ----------------------------------------------------------------------------------------------- */

static bool one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static void check_sorted(const struct word_table *table)
{
    for (size_t i = 1; i < table->count; i++)
        if (strcmp(table->pairs[i - 1].word, table->pairs[i].word) >= 0)
            fail_msg("%s stands before %s", table->pairs[i - 1].word, table->pairs[i].word);
}

static void test_schema_words__tables_are_sorted_and_large_enough(void **state)
{
    (void)state;
    check_sorted(&kith__plurals);
    check_sorted(&kith__singulars);
    for (size_t i = 1; i < kith__uncountables.count; i++)
        assert_true(strcmp(kith__uncountables.words[i - 1], kith__uncountables.words[i]) < 0);
    assert_true(kith__plurals.count + kith__uncountables.count >= 300);
}

static void test_schema_words__every_irregular_noun_goes_there_and_back(void **state)
{
    (void)state;
    static const char *const shared[] = { "axe", "basis", "datum", "ellipsis" };
    for (size_t i = 0; i < kith__plurals.count; i++) {
        const struct word_pair *row = &kith__plurals.pairs[i];
        if (!one_of(row->word, shared, COUNT(shared)))
            check_pair(row->word, row->other);
    }
}

static void test_schema_words__every_known_plural_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < kith__singulars.count; i++) {
        const struct word_pair *row = &kith__singulars.pairs[i];
        assert_string_equal(kith__singularize(&arena, row->word), row->other);
        assert_string_equal(kith__pluralize(&arena, row->word), row->word);
        assert_string_equal(kith__singularize(&arena, row->other), row->other);
        const char *first_plural = kith__pluralize(&arena, row->other);
        assert_string_equal(kith__singularize(&arena, first_plural), row->other);
    }
}

static void test_schema_words__uncountable_nouns_stay(void **state)
{
    (void)state;
    for (size_t i = 0; i < kith__uncountables.count; i++)
        check_pair(kith__uncountables.words[i], kith__uncountables.words[i]);
}

static void test_schema_words__a_part_of_a_word_is_not_found(void **state)
{
    (void)state;
    assert_string_equal(kith__word_other(&kith__plurals, "oxygen", 2), "oxen");
    assert_null(kith__word_other(&kith__plurals, "childr", 6));
    assert_null(kith__word_other(&kith__plurals, "chil", 4));
    assert_null(kith__word_other(&kith__plurals, "", 0));
    assert_true(kith__word_listed(&kith__uncountables, "NEWS", 4));
    assert_false(kith__word_listed(&kith__uncountables, "NEW", 3));
    assert_false(kith__word_listed(&kith__uncountables, "newsy", 5));
}

/* ---- spelling ------------------------------------------------------------------------------------------------- */

static void test_schema_names__camelize(void **state)
{
    (void)state;
    static const struct word_pair texts[] = {
        { "user_role_id", "userRoleId" },
        { "Parent_parentId", "ParentParentId" },
        { "user-role", "userRole" },
        { "user role", "userRole" },
        { "userRole", "userRole" },
        { "user__role", "userRole" },
        { "_id", "id" },
        { "user_", "user" },
        { "address_2", "address2" },
        { "USER_id", "USERId" },
        { "caf\xC3\xA9_bar", "caf\xC3\xA9"
                             "Bar" },
        { "", "" },
        { "_", "_" },
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_string_equal(kith__camelize(&arena, texts[i].word), texts[i].other);
}

static void test_schema_names__snake_case(void **state)
{
    (void)state;
    static const struct word_pair texts[] = {
        { "userId", "user_id" },
        { "HTTPServer", "http_server" },
        { "userSecondId", "user_second_id" },
        { "Parent_Child", "parent_child" },
        { "address2", "address2" },
        { "address2Line", "address2_line" },
        { "user_id", "user_id" },
        { "ID", "id" },
        { "userID", "user_id" },
        { "userIDs", "user_ids" },
        { "userIDsSeen", "user_ids_seen" },
        { "parseXMLFile", "parse_xml_file" },
        { "order-line", "order_line" },
        { "Order Line", "order_line" },
        { "_id", "_id" },
        { "aB", "a_b" },
        { "", "" },
        { "caf\xC3\xA9"
          "Bar",
          "caf\xC3\xA9_bar" },
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_string_equal(kith__snake_case(&arena, texts[i].word), texts[i].other);
}

static void test_schema_names__key_name(void **state)
{
    (void)state;
    assert_string_equal(kith__key_name(&arena, "pug", "id"), "pugId");
    assert_string_equal(kith__key_name(&arena, "User", "id"), "UserId");
    assert_string_equal(kith__key_name(&arena, "user_role", "id"), "userRoleId");
    assert_string_equal(kith__key_name(&arena, "user", "userSecondId"), "userUserSecondId");
    assert_string_equal(kith__key_name(&arena, "book", "isbn_13"), "bookIsbn13");
}

/* ---- short names ---------------------------------------------------------------------------------------------- */

static void test_schema_names__a_name_within_the_limit_stays(void **state)
{
    (void)state;
    const char *name = "pugs_owner_id_fk";
    assert_ptr_equal(kith__short_name(&arena, name, 63), name);
    assert_ptr_equal(kith__short_name(&arena, name, 16), name);
}

/* FNV-1a (64 bits) of "abcdefghijklmnopqrst" folded to 32 bits, computed apart from this code. */
static void test_schema_names__a_long_name_ends_with_its_hash(void **state)
{
    (void)state;
    assert_string_equal(kith__short_name(&arena, "abcdefghijklmnopqrst", 19), "abcdefghij_f7280cf6");
    assert_string_equal(kith__short_name(&arena, "abcdefghijklmnopqrst", 9), "_f7280cf6");
}

static void test_schema_names__long_names_stay_different(void **state)
{
    (void)state;
    char one[101] = { 0 }, two[101] = { 0 };
    memset(one, 'x', 100);
    memset(two, 'x', 100);
    two[99] = 'y';
    const char *short_one = kith__short_name(&arena, one, 63), *short_two = kith__short_name(&arena, two, 63);
    assert_int_equal(strlen(short_one), 63);
    assert_int_equal(strlen(short_two), 63);
    assert_memory_equal(short_one, short_two, 54);
    assert_string_not_equal(short_one, short_two);
    assert_string_equal(short_one, kith__short_name(&arena, one, 63));
}

/* The euro sign has three bytes; 10 of them may stand before the hash, and only whole ones. */
static void test_schema_names__a_character_is_never_cut(void **state)
{
    (void)state;
    const char *name =
        "a\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC";
    static const size_t kept[] = { 10, 10, 10, 13 };
    for (size_t i = 0; i < COUNT(kept); i++) {
        const char *made = kith__short_name(&arena, name, (unsigned)(19 + i));
        assert_int_equal(strlen(made), kept[i] + 9);
        assert_true(memcmp(made, name, kept[i]) == 0);
        assert_int_equal(made[kept[i]], '_');
    }
}

/* ---- memory --------------------------------------------------------------------------------------------------- */

static void *no_memory(void *ctx, void *old, size_t old_size, size_t new_size)
{
    (void)ctx, (void)old, (void)old_size, (void)new_size;
    return NULL;
}

static void test_schema_names__without_memory_the_answer_is_null(void **state)
{
    (void)state;
    static const kith_allocator none = { no_memory, NULL };
    kith_arena empty;
    kith__arena_init(&empty, &none, NULL, true);
    assert_null(kith__pluralize(&empty, "pug"));
    assert_null(kith__singularize(&empty, "people"));
    assert_null(kith__camelize(&empty, "user_id"));
    assert_null(kith__snake_case(&empty, "userId"));
    assert_null(kith__key_name(&empty, "pug", "id"));
    assert_null(kith__short_name(&empty, "a name of twenty-six bytes", 20));
    assert_string_equal(kith__pluralize(&empty, "sheep"), "sheep");
    kith__arena_free(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_names__ordinary_nouns_go_there_and_back),
        cmocka_unit_test(test_schema_names__special_nouns_go_there_and_back),
        cmocka_unit_test(test_schema_names__shared_plurals_lead_to_one_singular),
        cmocka_unit_test(test_schema_names__second_plurals_are_understood),
        cmocka_unit_test(test_schema_names__odd_texts_do_no_harm),
        cmocka_unit_test(test_schema_words__tables_are_sorted_and_large_enough),
        cmocka_unit_test(test_schema_words__every_irregular_noun_goes_there_and_back),
        cmocka_unit_test(test_schema_words__every_known_plural_is_one),
        cmocka_unit_test(test_schema_words__uncountable_nouns_stay),
        cmocka_unit_test(test_schema_words__a_part_of_a_word_is_not_found),
        cmocka_unit_test(test_schema_names__camelize),
        cmocka_unit_test(test_schema_names__snake_case),
        cmocka_unit_test(test_schema_names__key_name),
        cmocka_unit_test(test_schema_names__a_name_within_the_limit_stays),
        cmocka_unit_test(test_schema_names__a_long_name_ends_with_its_hash),
        cmocka_unit_test(test_schema_names__long_names_stay_different),
        cmocka_unit_test(test_schema_names__a_character_is_never_cut),
        cmocka_unit_test(test_schema_names__without_memory_the_answer_is_null),
    };
    return cmocka_run_group_tests(tests, start_arena, end_arena);
}
