/* words: the tables of English words, and how they are searched.
 *
 * Promises that a word of the first table, made plural, is found in the second one or singled by the rules of names.c;
 * the few that share a plural with another word are named in docs/internals/names.md. */
#include "schema/words.h"

#include <stdlib.h>

/* clang-format off */
static const struct word_pair plurals[] = {
    { "abdomen", "abdomens" }, { "abuse", "abuses" }, { "ache", "aches" }, { "acropolis", "acropolises" },
    { "addendum", "addenda" }, { "adieu", "adieus" }, { "afterlife", "afterlives" }, { "alga", "algae" },
    { "alias", "aliases" }, { "alibi", "alibis" }, { "alkali", "alkalis" }, { "alumna", "alumnae" },
    { "alumnus", "alumni" }, { "analysis", "analyses" }, { "antihero", "antiheroes" }, { "apache", "apaches" },
    { "api", "apis" }, { "apotheosis", "apotheoses" }, { "archdiocese", "archdioceses" }, { "atlas", "atlases" },
    { "atrium", "atria" }, { "auntie", "aunties" }, { "avalanche", "avalanches" }, { "axe", "axes" },
    { "axis", "axes" }, { "bacillus", "bacilli" }, { "backache", "backaches" }, { "bacterium", "bacteria" },
    { "basis", "bases" }, { "bayou", "bayous" }, { "beanie", "beanies" }, { "beau", "beaux" },
    { "bellyache", "bellyaches" }, { "bias", "biases" }, { "bikini", "bikinis" }, { "biogas", "biogases" },
    { "birdie", "birdies" }, { "boogie", "boogies" }, { "bookie", "bookies" }, { "bowtie", "bowties" },
    { "brahman", "brahmans" }, { "brasserie", "brasseries" }, { "brioche", "brioches" }, { "brownie", "brownies" },
    { "budgie", "budgies" }, { "cache", "caches" }, { "cactus", "cacti" }, { "caiman", "caimans" },
    { "calculus", "calculi" }, { "calf", "calves" }, { "calorie", "calories" }, { "canvas", "canvases" },
    { "cargo", "cargoes" }, { "cartouche", "cartouches" }, { "catharsis", "catharses" }, { "child", "children" },
    { "christmas", "christmases" }, { "chrysalis", "chrysalises" }, { "cirrhosis", "cirrhoses" },
    { "clematis", "clematises" }, { "cli", "clis" }, { "cliche", "cliches" }, { "cloverleaf", "cloverleaves" },
    { "codex", "codices" }, { "collie", "collies" }, { "consortium", "consortia" }, { "cookie", "cookies" },
    { "corgi", "corgis" }, { "corpus", "corpora" }, { "corrigendum", "corrigenda" }, { "cortex", "cortices" },
    { "cosmos", "cosmoses" }, { "cpu", "cpus" }, { "creche", "creches" }, { "crevasse", "crevasses" },
    { "crisis", "crises" }, { "criterion", "criteria" }, { "cumulus", "cumuli" }, { "curriculum", "curricula" },
    { "cutie", "cuties" }, { "cyclamen", "cyclamens" }, { "daiquiri", "daiquiris" }, { "dais", "daises" },
    { "datum", "data" }, { "deli", "delis" }, { "desideratum", "desiderata" }, { "desperado", "desperadoes" },
    { "diagnosis", "diagnoses" }, { "die", "dice" }, { "diocese", "dioceses" }, { "diptych", "diptychs" },
    { "directrix", "directrices" }, { "doi", "dois" }, { "domino", "dominoes" }, { "dormouse", "dormice" },
    { "earache", "earaches" }, { "echo", "echoes" }, { "elf", "elves" }, { "ellipsis", "ellipses" },
    { "embargo", "embargoes" }, { "emoji", "emojis" }, { "emphasis", "emphases" }, { "emu", "emus" },
    { "epidermis", "epidermises" }, { "epoch", "epochs" }, { "erratum", "errata" }, { "esophagus", "esophagi" },
    { "ethos", "ethoses" }, { "eunuch", "eunuchs" }, { "excuse", "excuses" }, { "extremum", "extrema" },
    { "eyetooth", "eyeteeth" }, { "eyrie", "eyries" }, { "fez", "fezzes" }, { "fibrosis", "fibroses" },
    { "fiche", "fiches" }, { "finesse", "finesses" }, { "fintech", "fintechs" }, { "flu", "flus" },
    { "flyleaf", "flyleaves" }, { "focus", "foci" }, { "foodie", "foodies" }, { "foot", "feet" },
    { "forefoot", "forefeet" }, { "fracas", "fracases" }, { "freebie", "freebies" }, { "fungus", "fungi" },
    { "fuse", "fuses" }, { "ganglion", "ganglia" }, { "gas", "gases" }, { "genie", "genies" }, { "genus", "genera" },
    { "geocache", "geocaches" }, { "german", "germans" }, { "gnu", "gnus" }, { "go", "goes" }, { "goalie", "goalies" },
    { "goose", "geese" }, { "gpu", "gpus" }, { "grotto", "grottoes" }, { "groupie", "groupies" }, { "gui", "guis" },
    { "guru", "gurus" }, { "haiku", "haikus" }, { "half", "halves" }, { "headache", "headaches" },
    { "heartache", "heartaches" }, { "helix", "helices" }, { "hero", "heroes" }, { "hifi", "hifis" },
    { "hippie", "hippies" }, { "honorarium", "honoraria" }, { "hoodie", "hoodies" }, { "hoof", "hooves" },
    { "human", "humans" }, { "hypnosis", "hypnoses" }, { "hypotenuse", "hypotenuses" }, { "hypothesis", "hypotheses" },
    { "ibis", "ibises" }, { "impasse", "impasses" }, { "impromptu", "impromptus" }, { "indie", "indies" },
    { "iou", "ious" }, { "iris", "irises" }, { "israeli", "israelis" }, { "jacuzzi", "jacuzzis" },
    { "junkie", "junkies" }, { "kanji", "kanjis" }, { "ketosis", "ketoses" }, { "kibbutz", "kibbutzim" },
    { "kilocalorie", "kilocalories" }, { "kiwi", "kiwis" }, { "knife", "knives" }, { "kpi", "kpis" },
    { "larva", "larvae" }, { "leaf", "leaves" }, { "lens", "lenses" }, { "lie", "lies" }, { "life", "lives" },
    { "lingo", "lingoes" }, { "loaf", "loaves" }, { "loch", "lochs" }, { "locus", "loci" }, { "louse", "lice" },
    { "lumen", "lumens" }, { "magpie", "magpies" }, { "man", "men" }, { "mango", "mangoes" }, { "mantis", "mantises" },
    { "marquis", "marquises" }, { "martini", "martinis" }, { "masseuse", "masseuses" }, { "matriarch", "matriarchs" },
    { "matrix", "matrices" }, { "maximum", "maxima" }, { "meatloaf", "meatloaves" }, { "medium", "media" },
    { "menagerie", "menageries" }, { "menu", "menus" }, { "metamorphosis", "metamorphoses" },
    { "metastasis", "metastases" }, { "metropolis", "metropolises" }, { "microfiche", "microfiches" },
    { "milieu", "milieus" }, { "millennium", "millennia" }, { "mini", "minis" }, { "minimum", "minima" },
    { "misuse", "misuses" }, { "mitosis", "mitoses" }, { "monarch", "monarchs" }, { "mosquito", "mosquitoes" },
    { "motto", "mottoes" }, { "mou", "mous" }, { "mouse", "mice" }, { "mousse", "mousses" },
    { "moustache", "moustaches" }, { "movie", "movies" }, { "mri", "mris" }, { "muse", "muses" },
    { "mustache", "mustaches" }, { "nebula", "nebulae" }, { "necktie", "neckties" }, { "necropolis", "necropolises" },
    { "necrosis", "necroses" }, { "neurosis", "neuroses" }, { "newbie", "newbies" }, { "niche", "niches" },
    { "no", "noes" }, { "norman", "normans" }, { "nucleus", "nuclei" }, { "oasis", "oases" }, { "okapi", "okapis" },
    { "oldie", "oldies" }, { "oligarch", "oligarchs" }, { "omen", "omens" }, { "optimum", "optima" },
    { "osmosis", "osmoses" }, { "osteoporosis", "osteoporoses" }, { "ottoman", "ottomans" }, { "overuse", "overuses" },
    { "ovum", "ova" }, { "ox", "oxen" }, { "pakistani", "pakistanis" }, { "pancreas", "pancreases" },
    { "paparazzo", "paparazzi" }, { "parenthesis", "parentheses" }, { "passerby", "passersby" },
    { "pastiche", "pastiches" }, { "patisserie", "patisseries" }, { "patriarch", "patriarchs" },
    { "pelvis", "pelvises" }, { "penis", "penises" }, { "pepperoni", "pepperonis" }, { "person", "people" },
    { "phenomenon", "phenomena" }, { "phi", "phis" }, { "pi", "pis" }, { "pickaxe", "pickaxes" }, { "pie", "pies" },
    { "pixie", "pixies" }, { "poi", "pois" }, { "portcullis", "portcullises" }, { "posse", "posses" },
    { "potato", "potatoes" }, { "potpourri", "potpourris" }, { "prairie", "prairies" }, { "proboscis", "proboscises" },
    { "prognosis", "prognoses" }, { "psi", "psis" }, { "psyche", "psyches" }, { "psychosis", "psychoses" },
    { "pupa", "pupae" }, { "quantum", "quanta" }, { "quiche", "quiches" }, { "quickie", "quickies" },
    { "quiz", "quizzes" }, { "rabbi", "rabbis" }, { "radius", "radii" }, { "radix", "radices" },
    { "recluse", "recluses" }, { "referendum", "referenda" }, { "refuse", "refuses" }, { "regimen", "regimens" },
    { "reuse", "reuses" }, { "reverie", "reveries" }, { "rhinoceros", "rhinoceroses" }, { "roadie", "roadies" },
    { "roi", "rois" }, { "roman", "romans" }, { "rookie", "rookies" }, { "rotisserie", "rotisseries" },
    { "rumen", "rumens" }, { "ruse", "ruses" }, { "safari", "safaris" }, { "salami", "salamis" },
    { "sarcophagus", "sarcophagi" }, { "sari", "saris" }, { "saudi", "saudis" }, { "scarf", "scarves" },
    { "sclerosis", "scleroses" }, { "self", "selves" }, { "selfie", "selfies" }, { "semi", "semis" },
    { "sensei", "senseis" }, { "shaman", "shamans" }, { "sheaf", "sheaves" }, { "shelf", "shelves" }, { "ski", "skis" },
    { "sku", "skus" }, { "smoothie", "smoothies" }, { "softie", "softies" }, { "sortie", "sorties" },
    { "specimen", "specimens" }, { "spectrum", "spectra" }, { "stamen", "stamens" }, { "stasis", "stases" },
    { "stenosis", "stenoses" }, { "stimulus", "stimuli" }, { "stomach", "stomachs" }, { "stomachache", "stomachaches" },
    { "stratum", "strata" }, { "submatrix", "submatrices" }, { "submenu", "submenus" }, { "substratum", "substrata" },
    { "summons", "summonses" }, { "superhero", "superheroes" }, { "superhuman", "superhumans" },
    { "supernova", "supernovae" }, { "sweetie", "sweeties" }, { "syllabus", "syllabi" }, { "symbiosis", "symbioses" },
    { "symposium", "symposia" }, { "synopsis", "synopses" }, { "synthesis", "syntheses" }, { "tableau", "tableaux" },
    { "talisman", "talismans" }, { "talkie", "talkies" }, { "taxi", "taxis" }, { "tech", "techs" },
    { "techie", "techies" }, { "terminus", "termini" }, { "testis", "testes" }, { "thermos", "thermoses" },
    { "thesaurus", "thesauri" }, { "thesis", "theses" }, { "thief", "thieves" }, { "thrombosis", "thromboses" },
    { "tie", "ties" }, { "titmouse", "titmice" }, { "tomato", "tomatoes" }, { "tooth", "teeth" },
    { "toothache", "toothaches" }, { "topaz", "topazes" }, { "tornado", "tornadoes" }, { "torpedo", "torpedoes" },
    { "townie", "townies" }, { "tranche", "tranches" }, { "trellis", "trellises" }, { "triptych", "triptychs" },
    { "tsunami", "tsunamis" }, { "tuberculosis", "tuberculoses" }, { "tutu", "tutus" }, { "ui", "uis" },
    { "uri", "uris" }, { "use", "uses" }, { "uterus", "uteri" }, { "valkyrie", "valkyries" }, { "veggie", "veggies" },
    { "vertebra", "vertebrae" }, { "vertex", "vertices" }, { "veto", "vetoes" }, { "volcano", "volcanoes" },
    { "vortex", "vortices" }, { "walkman", "walkmans" }, { "werewolf", "werewolves" }, { "wharf", "wharves" },
    { "whiz", "whizzes" }, { "wife", "wives" }, { "wifi", "wifis" }, { "wiki", "wikis" }, { "wolf", "wolves" },
    { "woman", "women" }, { "yes", "yeses" }, { "yeti", "yetis" }, { "yogi", "yogis" }, { "yuppie", "yuppies" },
    { "zombie", "zombies" },
};

static const struct word_pair singulars[] = {
    { "abaci", "abacus" }, { "abdomens", "abdomen" }, { "abuses", "abuse" }, { "aches", "ache" },
    { "acropolises", "acropolis" }, { "addenda", "addendum" }, { "adieus", "adieu" }, { "afterlives", "afterlife" },
    { "algae", "alga" }, { "aliases", "alias" }, { "alibis", "alibi" }, { "alkalis", "alkali" },
    { "alumnae", "alumna" }, { "alumni", "alumnus" }, { "amoebae", "amoeba" }, { "analyses", "analysis" },
    { "antennae", "antenna" }, { "antiheroes", "antihero" }, { "apaches", "apache" }, { "apices", "apex" },
    { "apis", "api" }, { "apotheoses", "apotheosis" }, { "appendices", "appendix" }, { "aquaria", "aquarium" },
    { "archdioceses", "archdiocese" }, { "atlases", "atlas" }, { "atria", "atrium" }, { "auditoria", "auditorium" },
    { "aunties", "auntie" }, { "automata", "automaton" }, { "avalanches", "avalanche" }, { "axes", "axis" },
    { "bacilli", "bacillus" }, { "backaches", "backache" }, { "bacteria", "bacterium" }, { "bayous", "bayou" },
    { "beanies", "beanie" }, { "beaux", "beau" }, { "bellyaches", "bellyache" }, { "biases", "bias" },
    { "bikinis", "bikini" }, { "biogases", "biogas" }, { "birdies", "birdie" }, { "boogies", "boogie" },
    { "bookies", "bookie" }, { "bowties", "bowtie" }, { "brahmans", "brahman" }, { "brasseries", "brasserie" },
    { "brioches", "brioche" }, { "brownies", "brownie" }, { "budgies", "budgie" }, { "buffaloes", "buffalo" },
    { "bureaux", "bureau" }, { "busses", "bus" }, { "caches", "cache" }, { "cacti", "cactus" }, { "caimans", "caiman" },
    { "calculi", "calculus" }, { "calories", "calorie" }, { "calves", "calf" }, { "canvases", "canvas" },
    { "cargoes", "cargo" }, { "cartouches", "cartouche" }, { "catharses", "catharsis" }, { "cervices", "cervix" },
    { "chateaux", "chateau" }, { "children", "child" }, { "christmases", "christmas" }, { "chrysalises", "chrysalis" },
    { "cirrhoses", "cirrhosis" }, { "clematises", "clematis" }, { "cliches", "cliche" }, { "clis", "cli" },
    { "cloverleaves", "cloverleaf" }, { "codices", "codex" }, { "collies", "collie" }, { "compendia", "compendium" },
    { "concerti", "concerto" }, { "consortia", "consortium" }, { "cookies", "cookie" }, { "corgis", "corgi" },
    { "corpora", "corpus" }, { "corrigenda", "corrigendum" }, { "cortices", "cortex" }, { "cosmoses", "cosmos" },
    { "cpus", "cpu" }, { "creches", "creche" }, { "crevasses", "crevasse" }, { "crises", "crisis" },
    { "criteria", "criterion" }, { "cumuli", "cumulus" }, { "curricula", "curriculum" }, { "cuties", "cutie" },
    { "cyclamens", "cyclamen" }, { "daiquiris", "daiquiri" }, { "daises", "dais" }, { "delis", "deli" },
    { "desiderata", "desideratum" }, { "desperadoes", "desperado" }, { "diagnoses", "diagnosis" }, { "dice", "die" },
    { "dioceses", "diocese" }, { "diptychs", "diptych" }, { "directrices", "directrix" }, { "dois", "doi" },
    { "dominoes", "domino" }, { "dormice", "dormouse" }, { "dwarves", "dwarf" }, { "earaches", "earache" },
    { "echoes", "echo" }, { "elves", "elf" }, { "embargoes", "embargo" }, { "emojis", "emoji" },
    { "emphases", "emphasis" }, { "emus", "emu" }, { "epidermises", "epidermis" }, { "epochs", "epoch" },
    { "equilibria", "equilibrium" }, { "errata", "erratum" }, { "esophagi", "esophagus" }, { "ethoses", "ethos" },
    { "eunuchs", "eunuch" }, { "excuses", "excuse" }, { "extrema", "extremum" }, { "eyeteeth", "eyetooth" },
    { "eyries", "eyrie" }, { "feet", "foot" }, { "fezzes", "fez" }, { "fibroses", "fibrosis" }, { "fiches", "fiche" },
    { "finesses", "finesse" }, { "fintechs", "fintech" }, { "flamingoes", "flamingo" }, { "flus", "flu" },
    { "flyleaves", "flyleaf" }, { "foci", "focus" }, { "foodies", "foodie" }, { "fora", "forum" },
    { "forefeet", "forefoot" }, { "formulae", "formula" }, { "fracases", "fracas" }, { "freebies", "freebie" },
    { "frescoes", "fresco" }, { "fungi", "fungus" }, { "fuses", "fuse" }, { "ganglia", "ganglion" }, { "gases", "gas" },
    { "gasses", "gas" }, { "gateaux", "gateau" }, { "geese", "goose" }, { "genera", "genus" }, { "genies", "genie" },
    { "geocaches", "geocache" }, { "germans", "german" }, { "ghettoes", "ghetto" }, { "gnus", "gnu" },
    { "goalies", "goalie" }, { "goes", "go" }, { "gpus", "gpu" }, { "grottoes", "grotto" }, { "groupies", "groupie" },
    { "guis", "gui" }, { "gurus", "guru" }, { "gymnasia", "gymnasium" }, { "haikus", "haiku" }, { "haloes", "halo" },
    { "halves", "half" }, { "headaches", "headache" }, { "heartaches", "heartache" }, { "helices", "helix" },
    { "heroes", "hero" }, { "hifis", "hifi" }, { "hippies", "hippie" }, { "hippopotami", "hippopotamus" },
    { "honoraria", "honorarium" }, { "hoodies", "hoodie" }, { "hooves", "hoof" }, { "humans", "human" },
    { "hypnoses", "hypnosis" }, { "hypotenuses", "hypotenuse" }, { "hypotheses", "hypothesis" }, { "ibises", "ibis" },
    { "impasses", "impasse" }, { "impromptus", "impromptu" }, { "indices", "index" }, { "indies", "indie" },
    { "ious", "iou" }, { "irises", "iris" }, { "israelis", "israeli" }, { "jacuzzis", "jacuzzi" },
    { "junkies", "junkie" }, { "kanjis", "kanji" }, { "ketoses", "ketosis" }, { "kibbutzim", "kibbutz" },
    { "kilocalories", "kilocalorie" }, { "kiwis", "kiwi" }, { "knives", "knife" }, { "kpis", "kpi" },
    { "larvae", "larva" }, { "leaves", "leaf" }, { "lenses", "lens" }, { "lice", "louse" }, { "lies", "lie" },
    { "lingoes", "lingo" }, { "lives", "life" }, { "loaves", "loaf" }, { "lochs", "loch" }, { "loci", "locus" },
    { "lumens", "lumen" }, { "magpies", "magpie" }, { "mangoes", "mango" }, { "mantises", "mantis" },
    { "marquises", "marquis" }, { "martinis", "martini" }, { "masseuses", "masseuse" }, { "matriarchs", "matriarch" },
    { "matrices", "matrix" }, { "maxima", "maximum" }, { "meatloaves", "meatloaf" }, { "media", "medium" },
    { "mementoes", "memento" }, { "memoranda", "memorandum" }, { "men", "man" }, { "menageries", "menagerie" },
    { "menus", "menu" }, { "metamorphoses", "metamorphosis" }, { "metastases", "metastasis" },
    { "metropolises", "metropolis" }, { "mice", "mouse" }, { "microfiches", "microfiche" }, { "milieus", "milieu" },
    { "millennia", "millennium" }, { "minima", "minimum" }, { "minis", "mini" }, { "misuses", "misuse" },
    { "mitoses", "mitosis" }, { "monarchs", "monarch" }, { "mosquitoes", "mosquito" }, { "mottoes", "motto" },
    { "mous", "mou" }, { "mousses", "mousse" }, { "moustaches", "moustache" }, { "movies", "movie" }, { "mris", "mri" },
    { "muses", "muse" }, { "mustaches", "mustache" }, { "nebulae", "nebula" }, { "neckties", "necktie" },
    { "necropolises", "necropolis" }, { "necroses", "necrosis" }, { "neuroses", "neurosis" }, { "newbies", "newbie" },
    { "niches", "niche" }, { "noes", "no" }, { "normans", "norman" }, { "novae", "nova" }, { "nuclei", "nucleus" },
    { "oases", "oasis" }, { "octopi", "octopus" }, { "okapis", "okapi" }, { "oldies", "oldie" },
    { "oligarchs", "oligarch" }, { "omens", "omen" }, { "optima", "optimum" }, { "osmoses", "osmosis" },
    { "osteoporoses", "osteoporosis" }, { "ottomans", "ottoman" }, { "ova", "ovum" }, { "overuses", "overuse" },
    { "oxen", "ox" }, { "pakistanis", "pakistani" }, { "pancreases", "pancreas" }, { "paparazzi", "paparazzo" },
    { "parentheses", "parenthesis" }, { "passersby", "passerby" }, { "pastiches", "pastiche" },
    { "patisseries", "patisserie" }, { "patriarchs", "patriarch" }, { "pelvises", "pelvis" }, { "penises", "penis" },
    { "people", "person" }, { "pepperonis", "pepperoni" }, { "personae", "persona" }, { "phenomena", "phenomenon" },
    { "phis", "phi" }, { "pickaxes", "pickaxe" }, { "pies", "pie" }, { "pis", "pi" }, { "pixies", "pixie" },
    { "plateaux", "plateau" }, { "pois", "poi" }, { "polyhedra", "polyhedron" }, { "portcullises", "portcullis" },
    { "posses", "posse" }, { "potatoes", "potato" }, { "potpourris", "potpourri" }, { "prairies", "prairie" },
    { "proboscises", "proboscis" }, { "prognoses", "prognosis" }, { "psis", "psi" }, { "psyches", "psyche" },
    { "psychoses", "psychosis" }, { "pupae", "pupa" }, { "quanta", "quantum" }, { "quiches", "quiche" },
    { "quickies", "quickie" }, { "quizzes", "quiz" }, { "rabbis", "rabbi" }, { "radices", "radix" },
    { "radii", "radius" }, { "recluses", "recluse" }, { "referenda", "referendum" }, { "refuses", "refuse" },
    { "regimens", "regimen" }, { "reuses", "reuse" }, { "reveries", "reverie" }, { "rhinoceroses", "rhinoceros" },
    { "roadies", "roadie" }, { "rois", "roi" }, { "romans", "roman" }, { "rookies", "rookie" },
    { "rotisseries", "rotisserie" }, { "rumens", "rumen" }, { "ruses", "ruse" }, { "safaris", "safari" },
    { "salamis", "salami" }, { "sarcophagi", "sarcophagus" }, { "saris", "sari" }, { "saudis", "saudi" },
    { "scarves", "scarf" }, { "schemata", "schema" }, { "scleroses", "sclerosis" }, { "selfies", "selfie" },
    { "selves", "self" }, { "semis", "semi" }, { "senseis", "sensei" }, { "shamans", "shaman" }, { "sheaves", "sheaf" },
    { "shelves", "shelf" }, { "skis", "ski" }, { "skus", "sku" }, { "smoothies", "smoothie" }, { "softies", "softie" },
    { "sorties", "sortie" }, { "specimens", "specimen" }, { "spectra", "spectrum" }, { "stadia", "stadium" },
    { "stamens", "stamen" }, { "stases", "stasis" }, { "stenoses", "stenosis" }, { "stigmata", "stigma" },
    { "stimuli", "stimulus" }, { "stomachaches", "stomachache" }, { "stomachs", "stomach" }, { "strata", "stratum" },
    { "subindices", "subindex" }, { "submatrices", "submatrix" }, { "submenus", "submenu" },
    { "substrata", "substratum" }, { "summonses", "summons" }, { "superheroes", "superhero" },
    { "superhumans", "superhuman" }, { "supernovae", "supernova" }, { "sweeties", "sweetie" },
    { "syllabi", "syllabus" }, { "symbioses", "symbiosis" }, { "symposia", "symposium" }, { "synopses", "synopsis" },
    { "syntheses", "synthesis" }, { "tableaux", "tableau" }, { "talismans", "talisman" }, { "talkies", "talkie" },
    { "taxis", "taxi" }, { "techies", "techie" }, { "techs", "tech" }, { "teeth", "tooth" }, { "termini", "terminus" },
    { "testes", "testis" }, { "thermoses", "thermos" }, { "thesauri", "thesaurus" }, { "theses", "thesis" },
    { "thieves", "thief" }, { "thromboses", "thrombosis" }, { "ties", "tie" }, { "titmice", "titmouse" },
    { "tomatoes", "tomato" }, { "toothaches", "toothache" }, { "topazes", "topaz" }, { "tornadoes", "tornado" },
    { "torpedoes", "torpedo" }, { "townies", "townie" }, { "tranches", "tranche" }, { "trellises", "trellis" },
    { "triptychs", "triptych" }, { "tsunamis", "tsunami" }, { "tuberculoses", "tuberculosis" }, { "tutus", "tutu" },
    { "uis", "ui" }, { "uris", "uri" }, { "uses", "use" }, { "uteri", "uterus" }, { "valkyries", "valkyrie" },
    { "veggies", "veggie" }, { "vertebrae", "vertebra" }, { "vertices", "vertex" }, { "vetoes", "veto" },
    { "volcanoes", "volcano" }, { "vortices", "vortex" }, { "walkmans", "walkman" }, { "werewolves", "werewolf" },
    { "wharves", "wharf" }, { "whizzes", "whiz" }, { "wifis", "wifi" }, { "wikis", "wiki" }, { "wives", "wife" },
    { "wolves", "wolf" }, { "women", "woman" }, { "yeses", "yes" }, { "yetis", "yeti" }, { "yogis", "yogi" },
    { "yuppies", "yuppie" }, { "zeroes", "zero" }, { "zombies", "zombie" },
};

static const char *const uncountables[] = {
    "acrobatics", "advice", "aerobics", "aircraft", "alms", "amends", "analytics", "anger", "asbestos", "astrophysics",
    "athletics", "baggage", "barracks", "biceps", "binoculars", "bison", "bluetooth", "bravery", "bread", "broccoli",
    "butter", "camaraderie", "cannabis", "cash", "cattle", "chaos", "chassis", "chess", "chinese", "clothes",
    "clothing", "cod", "confetti", "corps", "crossroads", "css", "cutlery", "data", "debris", "deer", "devops",
    "diabetes", "dirt", "dns", "dust", "economics", "electricity", "electronics", "equipment", "ethics", "evidence",
    "expertise", "feedback", "firmware", "fish", "forceps", "freight", "fun", "furniture", "gallows", "garbage",
    "genetics", "goldfish", "gps", "graffiti", "gymnastics", "happiness", "hardware", "harm", "haste", "headquarters",
    "health", "herpes", "hertz", "homework", "honesty", "hospitality", "housework", "hovercraft", "https", "humidity",
    "hydrogen", "hygiene", "information", "insurance", "japanese", "jazz", "jeans", "jellyfish", "jewellery", "jewelry",
    "junk", "knowledge", "kudos", "lacrosse", "laughter", "legislation", "leisure", "linguistics", "livestock",
    "logistics", "luck", "luggage", "machinery", "mail", "malware", "manpower", "mathematics", "measles", "megahertz",
    "mercedes", "merchandise", "metadata", "middleware", "midwifery", "miniseries", "mms", "money", "moose", "mud",
    "multimedia", "mumps", "music", "news", "nutrition", "nylon", "offspring", "oxygen", "pajamas", "pants",
    "paperwork", "pathos", "patience", "peace", "personnel", "phonetics", "physics", "plankton", "pliers", "police",
    "politics", "pollution", "portuguese", "poverty", "progress", "psychiatry", "pyjamas", "quadriceps", "rabies",
    "ramen", "rendezvous", "research", "rice", "robotics", "rubbish", "saas", "salmon", "samurai", "scenery",
    "scissors", "series", "sewage", "sheep", "shellfish", "shrimp", "sms", "software", "spacecraft", "spaghetti",
    "species", "spyware", "squid", "staff", "starfish", "stuff", "subspecies", "sunshine", "sushi", "swine",
    "swordfish", "tennis", "thanks", "thermodynamics", "tofu", "tongs", "traffic", "transportation", "triceps",
    "trousers", "trout", "tweezers", "underwear", "vietnamese", "violence", "wealth", "weather", "welfare", "wheat",
    "whereabouts", "wildlife", "wisdom",
};
/* clang-format on */

const struct word_table kith__plurals = { plurals, sizeof plurals / sizeof plurals[0] };
const struct word_table kith__singulars = { singulars, sizeof singulars / sizeof singulars[0] };
const struct word_list kith__uncountables = { uncountables, sizeof uncountables / sizeof uncountables[0] };

struct key {
    const char *word;
    size_t size;
};

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* Rows of all tables begin with the word, so one comparison serves them all. */
static int compare(const void *wanted, const void *row)
{
    const struct key *key = wanted;
    const char *word = *(const char *const *)row;
    for (size_t i = 0; i < key->size; i++) {
        int difference = lower(key->word[i]) - (unsigned char)word[i];
        if (difference != 0)
            return difference;
    }
    return word[key->size] ? -1 : 0;
}

const char *kith__word_other(const struct word_table *table, const char *word, size_t size)
{
    const struct key key = { word, size };
    const struct word_pair *found = bsearch(&key, table->pairs, table->count, sizeof *table->pairs, compare);
    return found ? found->other : NULL;
}

bool kith__word_listed(const struct word_list *list, const char *word, size_t size)
{
    const struct key key = { word, size };
    return bsearch(&key, list->words, list->count, sizeof *list->words, compare) != NULL;
}
