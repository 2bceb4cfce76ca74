"""The sentences without personal data, form lines, openings and closings of messages, by language: data only.

Written and split as `patterns.py` is: of every ten the fifth and the tenth for test, the eighth for validation.
"""

PLAIN_ENGLISH = """
The {product} update {version} fixes {count} bugs and is {percent} faster.
Your order {number} has been packed and weighs {weight}.
The shop in {city} opens at {time} on {weekday}.
we need {count} chairs, {count} tables and a projector in room {room}
Sales in {month} were {percent} higher than in {year}, mostly in {city}.
See {url} for the manual, chapter {count}.
Tracking code {code}, status: on its way to {city}.
The train to {city} leaves at {time} from platform {count}.
{company} has closed its office in {city} for good.
lol no idea, ask me again on {weekday} {emoji}
Ref. {code}: the printer on floor {count} is out of paper.
The final score was {count} to {count}, what a game {emoji}
Please use the IBAN {iban} only for this purpose.
Install {product} {version}, then restart and wait {count} minutes.
About {percent} of the people who answered live in {city} and not in {city}.
Bring {weight} of flour and {count} eggs, the oven is on from {time}.
ok see you tomorrow at {time}
The password has {count} characters and runs out every {month}.
Flight {code} is {count} minutes late.
Nobody has answered question {count} of form {code} since {year}.
""".strip().splitlines()

PLAIN_GERMAN = """
Das Update {version} für {product} behebt {count} Fehler.
Ihre Bestellung {number} wurde verpackt, sie wiegt {weight}.
Der Laden in {city} öffnet {weekday} erst um {time}.
wir brauchen {count} stühle und einen beamer in raum {room}
Im {month} lag der Umsatz {percent} höher als {year}.
Die Anleitung steht unter {url}, Seite {count}.
Sendung {code} ist unterwegs nach {city}.
Der Zug nach {city} fährt um {time} von Gleis {count}.
{company} hat die Filiale in {city} geschlossen.
keine ahnung, frag mich {weekday} noch mal {emoji}
Vorgang {code}: Der Drucker im {count}. Stock hat kein Papier.
Das Spiel endete {count} zu {count}, unglaublich {emoji}
Die IBAN {iban} bitte nur dafür verwenden.
Installieren Sie {product} {version} und warten Sie {count} Minuten.
Rund {percent} der Befragten leben in {city}, die anderen in {city}.
Bring {weight} Mehl und {count} Eier mit, der Ofen ist ab {time} an.
ok bis morgen um {time}
Das Passwort hat {count} Zeichen und läuft im {month} ab.
Flug {code} hat {count} Minuten Verspätung.
Frage {count} im Formular {code} hat seit {year} niemand beantwortet.
""".strip().splitlines()

PLAIN_FRENCH = """
La mise à jour {version} de {product} corrige {count} erreurs.
Votre commande {number} est prête, elle pèse {weight}.
Le magasin de {city} ouvre à {time} le {weekday}.
il faut {count} chaises et un écran en salle {room}
En {month}, les ventes ont monté de {percent} par rapport à {year}.
Le mode d'emploi est sur {url}, page {count}.
Envoi {code} en route vers {city}.
Le train pour {city} part à {time}, voie {count}.
{company} a fermé son agence de {city}.
aucune idée, redemande-moi {weekday} {emoji}
Dossier {code} : plus de papier au bureau {room}.
Score final {count} à {count}, quel match {emoji}
Utilisez le compte {iban} uniquement pour cela.
Installez {product} {version}, puis attendez {count} minutes.
Environ {percent} des réponses viennent de {city}, les autres de {city}.
Apporte {weight} de farine et {count} œufs, le four chauffe dès {time}.
ok à demain {time}
Le mot de passe compte {count} signes et expire en {month}.
Le vol {code} a {count} minutes de retard.
Personne ne répond à la question {count} du formulaire {code} depuis {year}.
""".strip().splitlines()

PLAIN_SPANISH = """
La actualización {version} de {product} corrige {count} fallos.
Su pedido {number} está listo y pesa {weight}.
La tienda de {city} abre a las {time} el {weekday}.
hacen falta {count} sillas y una pantalla en la sala {room}
En {month} las ventas subieron un {percent} respecto a {year}.
El manual está en {url}, página {count}.
Envío {code} en camino a {city}.
El tren a {city} sale a las {time} de la vía {count}.
{company} ha cerrado su oficina de {city}.
ni idea, pregúntame el {weekday} {emoji}
Incidencia {code}: no hay papel en la planta {count}.
Acabó {count} a {count}, ¡qué partido! {emoji}
Use la cuenta {iban} solo para esto.
Instale {product} {version} y espere {count} minutos.
Un {percent} de las respuestas llega de {city}, el resto de {city}.
Trae {weight} de harina y {count} huevos, el horno está listo a las {time}.
vale hasta mañana a las {time}
La contraseña tiene {count} letras y caduca en {month}.
El vuelo {code} lleva {count} minutos de retraso.
Nadie contesta la pregunta {count} del formulario {code} desde {year}.
""".strip().splitlines()

PLAIN = {"en": PLAIN_ENGLISH, "de": PLAIN_GERMAN, "fr": PLAIN_FRENCH, "es": PLAIN_SPANISH}

FIELDS = {  # the lines of forms, business cards and tickets
    "en": (
        "Name: {name}", "Phone: {phone}", "Address: {address}", "Date: {date}", "Full name: {name}", "E-mail: {email}",
        "Total: {amount}", "Customer: {name}", "Order no.: {number}", "Due on: {date}", "Mobile {phone}",
        "Born {birth}", "Deposit: {amount}", "Contact: {full}", "Delivery address: {address}", "Time: {time}",
        "Price {amount}", "Home: {address}", "Cell: {phone}", "Balance: {amount}", "DOB: {birth}", "mail {email}",
        "Room: {room}", "Signed by: {name}", "E-mail address: {email}", "Last name: {last}", "First name: {first}",
        "Telephone number = {phone}", "Check-in: {date}", "Call: {phone}", "Company: {company}", "Fax: {phone}",
        "Quantity: {count}", "Fee: {amount}", "Visitor = {sorted}", "Ship to: {address}", "Valid until: {date}",
        "Reply to: {email}", "Version: {version}", "Code: {code}",
    ),
    "de": (
        "Name: {name}", "Telefon: {phone}", "Anschrift: {address}", "Datum: {date}", "Vollständiger Name: {name}",
        "E-Mail: {email}", "Summe: {amount}", "Kundin: {name}", "Bestellnr.: {number}", "Fällig am: {date}",
        "Mobil {phone}", "geb. {birth}", "Anzahlung: {amount}", "Kontakt: {full}", "Lieferadresse: {address}",
        "Uhrzeit: {time}", "Preis {amount}", "Wohnort: {address}", "Tel. {phone}", "Restbetrag: {amount}",
        "Geburtstag: {birth}", "Mail {email}", "Raum: {room}", "Unterschrift: {name}", "Mailadresse: {email}",
        "Nachname: {last}", "Vorname: {first}", "Rufnummer = {phone}", "Anreise: {date}", "Durchwahl: {phone}",
        "Firma: {company}", "Fax: {phone}", "Menge: {count}", "Gebühr: {amount}", "Besucher = {sorted}",
        "Versand an: {address}", "Gültig bis: {date}", "Antwort an: {email}", "Version: {version}", "Code: {code}",
    ),
    "fr": (
        "Nom : {name}", "Téléphone : {phone}", "Adresse : {address}", "Date : {date}", "Nom complet : {name}",
        "Courriel : {email}", "Total : {amount}", "Cliente : {name}", "Commande nº {number}", "Échéance : {date}",
        "Portable {phone}", "Né le {birth}", "Acompte : {amount}", "Contact : {full}",
        "Adresse de livraison : {address}", "Heure : {time}", "Prix {amount}", "Domicile : {address}", "Tél. {phone}",
        "Solde : {amount}", "Naissance : {birth}", "mail {email}", "Salle : {room}", "Signature : {name}",
        "Adresse mail : {email}", "Nom de famille : {last}", "Prénom : {first}", "Numéro = {phone}",
        "Arrivée : {date}", "Ligne directe : {phone}", "Société : {company}", "Fax : {phone}", "Quantité : {count}",
        "Frais : {amount}", "Visiteur = {sorted}", "Livrer à : {address}", "Valable jusqu'au : {date}",
        "Répondre à : {email}", "Version : {version}", "Code : {code}",
    ),
    "es": (
        "Nombre: {name}", "Teléfono: {phone}", "Dirección: {address}", "Fecha: {date}", "Nombre completo: {name}",
        "Correo: {email}", "Total: {amount}", "Clienta: {name}", "Pedido nº {number}", "Vence el: {date}",
        "Móvil {phone}", "Nacido el {birth}", "Anticipo: {amount}", "Contacto: {full}",
        "Dirección de entrega: {address}", "Hora: {time}", "Precio {amount}", "Domicilio: {address}", "Tel. {phone}",
        "Saldo: {amount}", "Nacimiento: {birth}", "mail {email}", "Sala: {room}", "Firmado: {name}",
        "Correo electrónico: {email}", "Apellido: {last}", "Nombre de pila: {first}", "Número = {phone}",
        "Llegada: {date}", "Línea directa: {phone}", "Empresa: {company}", "Fax: {phone}", "Cantidad: {count}",
        "Tasa: {amount}", "Visitante = {sorted}", "Enviar a: {address}", "Válido hasta: {date}",
        "Responder a: {email}", "Versión: {version}", "Código: {code}",
    ),
}  # fmt: skip
OPENINGS = {
    "en": (
        "Hi {first},", "Dear {mr} {last},", "Hello everyone,", "hey {first}", "Good morning,", "Dear Sir or Madam,",
        "Hello {first}!", "Good evening {first},", "@{first}", "Dear colleagues and {first},",
    ),
    "de": (
        "Hallo {first},", "Sehr geehrter Herr {last},", "Sehr geehrte Damen und Herren,", "hey {first}",
        "Guten Morgen,", "Sehr geehrte Frau {last},", "Liebe Kollegen,", "Guten Abend {first},", "@{first}",
        "Moin {first},",
    ),
    "fr": (
        "Bonjour {first},", "Cher Monsieur {last},", "Madame, Monsieur,", "salut {first}", "Bonjour à tous,",
        "Chère Madame {last},", "Chers collègues,", "Bonsoir {first},", "@{first}", "Coucou {first},",
    ),
    "es": (
        "Hola {first}:", "Estimado señor {last}:", "Hola a todos:", "oye {first}", "Buenos días:",
        "Estimada señora {last}:", "Queridos colegas:", "Buenas tardes, {first}:", "@{first}", "Querida {first}:",
    ),
}  # fmt: skip
CLOSINGS = {
    "en": (
        "Best regards,\n{name}", "Thanks, {first}", "Kind regards", "Cheers\n{first}", "Many thanks in advance",
        "Yours sincerely,\n{name}\n{phone}", "Talk soon!", "Best wishes from {first}", "-- {name}, {email}",
        "Sincerely {name}",
    ),
    "de": (
        "Mit freundlichen Grüßen\n{name}", "Danke, {first}", "Viele Grüße", "LG {first}", "Besten Dank im Voraus",
        "Freundliche Grüße\n{name}\n{phone}", "Bis bald!", "Herzliche Grüße von {first}", "-- {name}, {email}",
        "Gruß {name}",
    ),
    "fr": (
        "Cordialement,\n{name}", "Merci, {first}", "Bien à vous", "Bises\n{first}", "Merci beaucoup par avance",
        "Sincères salutations\n{name}\n{phone}", "À bientôt !", "Amicalement, {first}", "-- {name}, {email}",
        "Respectueusement {name}",
    ),
    "es": (
        "Un saludo,\n{name}", "Gracias, {first}", "Saludos cordiales", "Besos\n{first}", "Muchas gracias de antemano",
        "Atentamente,\n{name}\n{phone}", "¡Hasta pronto!", "Un abrazo de {first}", "-- {name}, {email}",
        "Cordialmente {name}",
    ),
}  # fmt: skip
