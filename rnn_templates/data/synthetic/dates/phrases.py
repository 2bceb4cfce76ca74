"""Phrases in all languages, with slots (keys of `values.SLOTS`)."""

LANGUAGES = ("en", "de", "fr", "es")

PHRASE_ROWS = (
    ("due on {date}", "fällig am {date}", "à payer le {date}", "vence el {date}"),
    ("until {date}", "bis zum {date}", "jusqu'au {date}", "hasta el {date}"),
    ("the letter of {date}", "der Brief vom {date}", "la lettre du {date}", "la carta del {date}"),
    (
        "the office is closed on {date}",
        "das Büro ist am {date} geschlossen",
        "le bureau est fermé le {date}",
        "la oficina está cerrada el {date}",
    ),
    (
        "the contract ends on {date}",
        "der Vertrag läuft am {date} aus",
        "le contrat expire le {date}",
        "el contrato termina el {date}",
    ),
    ("every year on {day}", "jedes Jahr am {day}", "chaque année le {day}", "cada año el {day}"),
    (
        "her birthday is {day}",
        "ihr Geburtstag ist der {day}",
        "son anniversaire est le {day}",
        "su cumpleaños es el {day}",
    ),
    ("since {month}", "seit {month}", "depuis {month}", "desde {month}"),
    ("the bill for {month}", "die Rechnung für {month}", "la facture pour {month}", "la factura de {month}"),
    (
        "the train leaves at {time}",
        "der Zug fährt um {time} Uhr ab",
        "le train part à {time}",
        "el tren sale a las {time}",
    ),
    ("open from {time}", "geöffnet ab {time} Uhr", "ouvert à partir de {time}", "abierto desde las {time}"),
    ("arrival: {time}", "Ankunft: {time} Uhr", "arrivée : {time}", "llegada: {time}"),
    ("the result is {number}", "das Ergebnis ist {number}", "le résultat est {number}", "el resultado es {number}"),
    ("exactly {number}", "genau {number}", "exactement {number}", "exactamente {number}"),
    ("the number {number}", "die Zahl {number}", "le nombre {number}", "el número {number}"),
    ("about {people} people", "etwa {people} Menschen", "environ {people} personnes", "unas {people} personas"),
    ("the total is {money}", "die Summe beträgt {money}", "le total est de {money}", "el total es de {money}"),
    ("she paid {money}", "sie hat {money} bezahlt", "elle a payé {money}", "ella pagó {money}"),
    ("for only {money}", "für nur {money}", "pour seulement {money}", "por solo {money}"),
    ("{money} per month", "{money} im Monat", "{money} par mois", "{money} al mes"),
    ("a discount of {percent}", "ein Rabatt von {percent}", "une remise de {percent}", "un descuento del {percent}"),
    ("up by {percent}", "um {percent} gestiegen", "en hausse de {percent}", "una subida del {percent}"),
    ("the {ordinal} day", "der {ordinal} Tag", "le {ordinal} jour", "el {ordinal} día"),
    ("the {ordinal} chapter", "das {ordinal} Kapitel", "le {ordinal} chapitre", "el {ordinal} capítulo"),
    ("in the year {year}", "im Jahr {year}", "en l'an {year}", "en el año {year}"),
    (
        "invoice of {date} for {money}",
        "Rechnung vom {date} über {money}",
        "facture du {date} d'un montant de {money}",
        "factura del {date} por {money}",
    ),
    ("{date} at {time}", "{date} um {time} Uhr", "{date} à {time}", "{date} a las {time}"),
)
PHRASES = tuple(dict(zip(LANGUAGES, row, strict=True)) for row in PHRASE_ROWS)
