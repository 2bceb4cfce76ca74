"""Word lists and templates of generated messages, by locale or language.

In templates # is a digit and % a digit other than zero. Lists of single words are one string.
"""

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES")

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
SHORT_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
}
SHORT_WEEKDAYS = {
    "en": "Mon Tue Wed Thu Fri Sat Sun",
    "de": "Mo Di Mi Do Fr Sa So",
    "fr": "lun mar mer jeu ven sam dim",
    "es": "lun mar mié jue vie sáb dom",
}
# d, m, y: day, month and year; D, M: two digits; Y: the year's last two; o: 1st, 2nd; B, b: the month's name, in full
# and short; A, a: the weekday's.
DATES = {
    "en_US": (
        "m/d/y", "m/d/y", "M/D/Y", "M/D/y", "m/d", "y-M-D", "y/M/D", "B d, y", "B d, y", "B d", "b d, y", "b. d",
        "B o", "B o, y", "A, B d", "A, B d, y", "a, b d", "d B y", "M-D-y", "D-b-y",
    ),
    "en_GB": (
        "D/M/y", "D/M/y", "d/m/Y", "d/m", "D.M.y", "D-M-y", "y-M-D", "d B y", "d B y", "d B", "o B", "o of B",
        "o B y", "o of B y", "A d B", "A, d B y", "a d b", "a, d b y", "d b y", "B d, y",
    ),
    "de_DE": (
        "D.M.y", "D.M.y", "d.m.y", "D.M.Y", "d.m.", "D.M.", "y-M-D", "D/M/y", "d. B y", "d. B y", "d. B", "d. b y",
        "A, D.M.", "A, d. B", "A, den d. B y", "a., D.M.y", "D. M. y", "D-M-y", "d.B", "A, D.M.y",
    ),
    "fr_FR": (
        "D/M/y", "D/M/y", "d/m/y", "D/M/Y", "D/M", "D.M.y", "D-M-y", "y-M-D", "o B y", "o B y", "o B",
        "o b y", "A o B", "A o B y", "A D/M", "a. o B", "D M y", "A D/M/y", "D.M.Y", "o B, y",
    ),
    "es_ES": (
        "D/M/y", "D/M/y", "d/m/y", "D/M/Y", "d/m", "D-M-y", "D.M.y", "y-M-D", "d de B de y", "d de B de y", "d de B",
        "d B y", "A d de B", "A, d de B de y", "A D/M", "d b y", "d-b-y", "d de B del y", "A d", "d/b/y",
    ),
}  # fmt: skip
PHONES = {
    "en_US": (
        "(%##) %##-####", "(%##) %##-####", "(%##)%##-####", "%##-%##-####", "%##-%##-####", "%##.%##.####",
        "%##%##%###", "%## %## ####", "+1 %## %## ####", "+1 (%##) %##-####", "+1-%##-%##-####", "1-800-%##-####",
        "+1%##%##%###", "%##/%##-####", "001 %## %##-####", "%##-####", "%##-%##-#### ext. %##", "%##-%##-####x%##",
    ),
    "en_GB": (
        "020 %### ####", "020 %### ####", "07%## ######", "07%## ######", "07%## ### ###", "07%########",
        "01%# %## ####", "(01%#) %## ####", "(020) %### ####", "01%## ######", "01%##-######", "+44 7%## ######",
        "+44 20 %### ####", "+44 (0)20 %### ####", "+447%########", "0044 7%## ######", "0800 %## ###",
        "+44 (0) 1%# %## ####", "07%##.######",
    ),
    "de_DE": (
        "030 %######", "030/%######", "0%## %#####", "0%## / %## ## ##", "0%###/%####", "(0%##) %#####",
        "017% %#######", "015% ########", "017%-%#######", "017%/%## ## ###", "016%########", "+49 17% %#######",
        "+49 (0)30 %######", "+49 30 %##-##", "+4917%%#######", "0049 %## %######", "0%##-%#####-##",
        "089 %# ## ## ##", "0151 %## ### ##", "0%##.%######", "+49/%##/%#####",
    ),
    "fr_FR": (
        "06 ## ## ## ##", "06 ## ## ## ##", "07 ## ## ## ##", "06.##.##.##.##", "06########", "01 ## ## ## ##",
        "07-##-##-##-##", "0% ## ## ## ##", "04.##.##.##.##", "+33 6 ## ## ## ##", "+33 (0)% ## ## ## ##",
        "+336########", "0033 6 ## ## ## ##", "03/##/##/##/##", "(+33) 7 ## ## ## ##", "08 ## ### ###",
        "+33.6.##.##.##.##", "02########", "06## ## ## ##",
    ),
    "es_ES": (
        "6## ### ###", "6## ### ###", "6## ## ## ##", "6########", "7## ### ###", "91 %## ## ##", "91 %## ## ##",
        "93 %## ####", "9%# ### ###", "9%#.###.###", "6##-###-###", "6##.##.##.##", "+34 6## ### ###",
        "+34 91 %## ## ##", "+346########", "(+34) 6## ## ## ##", "0034 6## ### ###", "(91) %## ## ##",
        "+34-6##-###-###", "900 ### ###", "9%# / ## ## ##",
    ),
}  # fmt: skip
# Addresses; the slots are methods of `Values`, too.
ADDRESSES = {
    "en_US": (
        "{house} {street}, {town}, {state} {postcode}", "{house} {street}, {town}, {state} {postcode}",
        "{house} {street}", "{house} {street}, {town}", "{house} {street}, Apt {flat}, {town}, {state} {postcode}",
        "{house} {street} #{flat}", "{house} {street} {town} {state} {postcode}",
        "{house} {street}, Suite {flat}, {town}, {state}", "{house} {direction} {street}, {town}, {state} {postcode}",
        "{house} {direction} {street}", "{house} {street}, {postcode}",
        "P.O. Box {number}, {town}, {state} {postcode}",
    ),
    "en_GB": (
        "{house} {street}, {town} {postcode}", "{house} {street}, {town}, {postcode}", "{house} {street}",
        "{house} {street}, {town}", "Flat {flat}, {house} {street}, {town} {postcode}",
        "{house}{letter} {street}, {town}", "{house}{letter} {street}", "{house} {street} {postcode}",
        "Flat {flat}, {house} {street}", "Unit {flat}, {street}, {town}", "{street}, {town} {postcode}",
    ),
    "de_DE": (
        "{street} {house}, {postcode} {town}", "{street} {house}, {postcode} {town}", "{street} {house}",
        "{street} {house}, {town}", "{street} {house}{letter}, {postcode} {town}", "{street} {house} {letter}",
        "{street} {house} in {postcode} {town}", "{postcode} {town}, {street} {house}",
        "{street} {house} {postcode} {town}", "{street} {house} in {town}",
        "{street} {house}-{flat}, {postcode} {town}", "{street} {house}/{flat}, D-{postcode} {town}",
    ),
    "fr_FR": (
        "{house} {street}, {postcode} {town}", "{house} {street}, {postcode} {town}",
        "{house}, {street}, {postcode} {town}", "{house} {street}", "{house}, {street}", "{house} {street}, {town}",
        "{house} bis {street}, {postcode} {town}", "{house} ter {street}", "{house} {street} {postcode} {town}",
        "{house} {street} à {town}", "{house}bis, {street}", "Bât. {letter}, {house} {street}, {postcode} {town}",
        "{house} {street}, {postcode} {town} Cedex",
    ),
    "es_ES": (
        "{street} {house}, {postcode} {town}", "{street}, {house}, {postcode} {town}", "{street} {house}",
        "{street}, {house}", "{street} {house}, {flat}º {letter}, {postcode} {town}",
        "{street}, {house}, {flat}º {letter}", "{street}, nº {house}, {town}", "{street} {house}, {town}",
        "{street} {house} {postcode} {town}", "{street} {house}, piso {flat}, {town}",
        "{street} n.º {house}, {postcode} {town}", "{street} s/n, {town}",
    ),
}  # fmt: skip
# {name} is a family name or one of STREET_NAMES, {person} a first and a family name.
STREETS = {
    "en_US": (
        "{name} Street", "{name} Street", "{name} St", "{name} St.", "{name} Avenue", "{name} Ave", "{name} Ave.",
        "{name} Road", "{name} Rd", "{name} Lane", "{name} Drive", "{name} Dr", "{name} Court", "{name} Boulevard",
        "{name} Blvd", "{name} Way", "{name} Place", "{name} Parkway", "{name} Circle", "{name} Terrace",
        "{person} Drive", "Mount {name} Road",
    ),
    "en_GB": (
        "{name} Street", "{name} Road", "{name} Road", "{name} Rd", "{name} St", "{name} Lane", "{name} Close",
        "{name} Avenue", "{name} Gardens", "{name} Crescent", "{name} Terrace", "{name} Drive", "{name} Hill",
        "{name} Row", "{name} Grove", "{name} Mews", "{name} Square", "{name} Court", "Upper {name} Street",
    ),
    "de_DE": (
        "{name}straße", "{name}straße", "{name}str.", "{name}strasse", "{name}weg", "{name}allee", "{name}platz",
        "{name}gasse", "{name}ring", "{name}ufer", "{name}damm", "{person}-Straße", "{person}-Str.", "{person}-Weg",
        "{person}-Platz", "{name} Straße", "{name} Weg", "Am {name}", "An der {name}", "Im {name}",
        "Alte {name}gasse", "Zum {name}",
    ),
    "fr_FR": (
        "rue {name}", "rue {person}", "rue {person}", "avenue {person}", "avenue {name}", "boulevard {person}",
        "place {name}", "chemin de {name}", "impasse {name}", "allée {person}", "quai {name}", "rue de la {name}",
        "rue du {name}", "cours {name}", "square {person}", "route de {name}", "Rue {person}", "av. {person}",
        "bd {name}", "passage {name}",
    ),
    "es_ES": (
        "Calle {name}", "Calle {person}", "Calle de {name}", "C/ {name}", "C/ {person}", "c/ {name}",
        "Avenida {name}", "Avenida de {person}", "Avda. {name}", "Av. {person}", "Plaza {name}", "Plaza de {name}",
        "Paseo {name}", "Paseo de la {name}", "Camino del {name}", "Ronda {name}", "Travesía {name}", "Pza. {name}",
        "calle {name}",
    ),
}  # fmt: skip
STREET_NAMES = {
    "en": (
        "Main", "Church", "Station", "Oak", "Maple", "Mill", "School", "Victoria", "Highland", "Cedar", "Lake",
        "Bridge", "Elm", "Walnut", "Sunset", "Washington", "Chestnut", "Orchard", "Meadow", "Castle", "Market",
        "Harbour", "Willow", "2nd", "5th",
    ),
    "de": (
        "Bahnhof", "Haupt", "Garten", "Schul", "Kirch", "Berg", "Linden", "Wald", "Goethe", "Schiller", "Mozart",
        "Wiesen", "Mühlen", "Rosen", "Eichen", "Hafen", "Markt", "Brunnen", "Post", "Dorf", "Birken", "Schloss",
        "Ufer", "Tannen", "Feld",
    ),
    "fr": (
        "Gare", "Mairie", "Liberté", "Moulin", "Fontaine", "Pasteur", "Château", "Verdun", "Voltaire", "Lilas",
        "Paix", "Marché", "Acacias", "Église", "Port", "Stade", "Rivière", "Zola", "Platanes", "Tilleuls", "Four",
        "Lavoir", "Ormeaux",
    ),
    "es": (
        "Mayor", "Real", "Constitución", "Sol", "Iglesia", "Fuente", "Cervantes", "Goya", "Castilla", "Molino",
        "Estación", "Mar", "Libertad", "Olivos", "Puerto", "Ayuntamiento", "Velázquez", "Almendros", "Rosal", "Colón",
        "Paz", "Pinar",
    ),
}  # fmt: skip
TOWNS = {  # more are made of names by TOWN_SHAPES
    "en_US": (
        "New York", "Chicago", "Houston", "Phoenix", "Denver", "Seattle", "Boston", "Portland", "Las Vegas",
        "Atlanta", "Miami", "Oakland", "Tulsa", "Tampa", "Cincinnati", "Pittsburgh", "Anchorage", "Toledo", "Madison",
        "Boise", "Spokane", "Fresno",
    ),
    "en_GB": (
        "London", "Manchester", "Birmingham", "Leeds", "Glasgow", "Liverpool", "Bristol", "Sheffield", "Edinburgh",
        "Cardiff", "Leicester", "Belfast", "Nottingham", "Plymouth", "Oxford", "Cambridge", "York", "Exeter",
        "Norwich", "Swansea", "Aberdeen",
    ),
    "de_DE": (
        "Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Stuttgart", "Düsseldorf", "Leipzig", "Dresden",
        "Hannover", "Nürnberg", "Bremen", "Freiburg", "Mainz", "Kiel", "Kassel", "Erfurt", "Ulm", "Trier", "Bonn",
        "Jena", "Essen", "Wien",
    ),
    "fr_FR": (
        "Paris", "Lyon", "Marseille", "Toulouse", "Nice", "Nantes", "Strasbourg", "Bordeaux", "Lille", "Rennes",
        "Reims", "Grenoble", "Dijon", "Angers", "Nîmes", "Brest", "Limoges", "Tours", "Metz", "Rouen", "Nancy",
        "Caen", "Orléans", "Le Havre",
    ),
    "es_ES": (
        "Madrid", "Barcelona", "Valencia", "Sevilla", "Zaragoza", "Málaga", "Murcia", "Bilbao", "Alicante", "Córdoba",
        "Valladolid", "Vigo", "Gijón", "Granada", "Salamanca", "Burgos", "Cádiz", "Toledo", "Pamplona", "Almería",
        "Huelva", "Santander",
    ),
}  # fmt: skip
TOWN_SHAPES = {
    "en_US": ("{}ville", "{} City", "Port {}", "{} Falls", "New {}", "{} Springs", "Fort {}"),
    "en_GB": ("{}bury", "{}-on-Sea", "Great {}", "{}ham", "Market {}", "Little {}", "{}mouth"),
    "de_DE": ("{}hausen", "Bad {}", "{}dorf", "{}stadt", "{}burg", "Neu-{}", "{}heim"),
    "fr_FR": ("{}-les-Bains", "Saint-{}", "{}-sur-Mer", "{}-la-Forêt", "Villers-{}", "{}ville", "Mont-{}"),
    "es_ES": ("San {}", "Villa{}", "Puebla de {}", "{} del Río", "Santa {}", "{} de la Sierra", "Torre {}"),
}
STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
DIRECTIONS = "North East S W NE"
POSTAL_AREAS = "B BN BS CB CF E EH G L LE LS M N NE NG NR OX PL S SE SW W"
POSTCODES = {
    "en_US": ("#####", "#####", "#####-####"),
    "de_DE": ("%####",),
    "fr_FR": ("%#0##", "%####", "0%###"),
    "es_ES": ("2####", "0%###", "4####"),
}
TITLES = {
    "en": ("Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Miss", "Dr", "Dr.", "Prof."),
    "de": ("Herr", "Frau", "Herr Dr.", "Frau Dr.", "Dr.", "Prof.", "Frau Prof."),
    "fr": ("M.", "Mme", "Monsieur", "Madame", "Mlle", "Dr", "Maître"),
    "es": ("Sr.", "Sra.", "señor", "señora", "Dr.", "Dra.", "Srta."),
}
PARTICLES = {
    "en": ("van", "de", "von", "la"),
    "de": ("von", "van", "zu", "von der"),
    "fr": ("de", "du", "de la", "le", "des", "da"),
    "es": ("de", "del", "de la", "de los", "las", "y"),
}
CURRENCIES = {  # signs and codes, then words
    "en_US": (("$", "$", "$", "$", "USD", "US$", "€", "CAD"), ("dollars", "dollars", "bucks", "euros", "cents")),
    "en_GB": (("£", "£", "£", "£", "GBP", "€", "$"), ("pounds", "pounds", "quid", "euros", "pence")),
    "de_DE": (("€", "€", "€", "EUR", "EUR", "CHF", "$"), ("Euro", "Euro", "euro", "Franken", "Cent")),
    "fr_FR": (("€", "€", "€", "EUR", "CHF", "$"), ("euros", "euros", "francs", "centimes")),
    "es_ES": (("€", "€", "€", "EUR", "$", "USD"), ("euros", "euros", "dólares", "céntimos")),
}
NUMBER_WORDS = {
    "en": ("five", "ten", "fifteen", "twenty", "thirty", "fifty", "a hundred", "two hundred", "a thousand"),
    "de": ("fünf", "zehn", "fünfzehn", "zwanzig", "dreißig", "fünfzig", "hundert", "zweihundert", "tausend"),
    "fr": ("cinq", "dix", "quinze", "vingt", "trente", "cinquante", "cent", "deux cents", "mille"),
    "es": ("cinco", "diez", "quince", "veinte", "treinta", "cincuenta", "cien", "doscientos", "mil"),
}
POINTS = {"en": ",.", "de": ".,", "fr": " ,", "es": ".,"}  # between thousands, before the decimals
COMPANIES = {
    "en": ("{} Ltd", "{} Inc.", "{} & Sons", "{} Logistics", "{} & Partners LLP", "{} Bank", "Café {}"),
    "de": ("{} GmbH", "{} AG", "Bäckerei {}", "{} & Söhne", "{} Logistik GmbH", "Praxis {}", "Autohaus {}"),
    "fr": ("{} SARL", "{} SA", "Boulangerie {}", "{} & Fils", "Transports {}", "Garage {}", "Banque {}"),
    "es": ("{} S.L.", "{} S.A.", "Panadería {}", "{} e Hijos", "Transportes {}", "Talleres {}", "Banco {}"),
}
PRODUCTS = (
    "Android", "Windows", "Excel", "Bluetooth", "Linux", "Aquaclean 700", "TurboFix Pro", "Lumina X2", "PDF Reader",
    "Wi-Fi 6", "EcoWash 45", "SoundBar Mini", "Router R7", "CloudBox", "Scooter S3", "Office Plus",
)  # fmt: skip
EMOJI = "🙂 😀 🎉 👍 😅 🙏 🚚 ❤️ 😉 🔥"
NUMBERS = ("%###", "%####", "%#####", "%#######", "%#########", "00%#####")  # of orders, meters, customers
CODES = "RE-%### INV-20##-0### TK-%##### AB##-#### KD%##### PO/####/## XZ%### %##-%######-# R%###"
SIZES = {  # the last is no weight
    "en": "% kg|#.% l|%#0 ml|%# x %# cm",
    "de": "% kg|%,# kg|%#0 g|%# x %# cm",
    "fr": "% kg|%,# l|%#0 g|%# x %# cm",
}
VERSIONS = "%.# %.#.# v%.#.## 20%#.% %#.0.%##"
ROOMS = "%## B%# %.%## C-%# 0%#"
DOMAIN_ENDS = {"en_US": "com org net us", "en_GB": "co.uk com", "de_DE": "de com", "fr_FR": "fr com", "es_ES": "es com"}
MAILBOXES = "info office contact kontakt service support sales bestellung compta reservas hr"
TAGS = "shop news work test1 2024 list"
