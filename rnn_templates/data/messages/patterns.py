"""The sentences with personal data that generated messages are made of, by language: data only.

One pattern a line; ¶ is a line break, a slot in braces is a method of `values.Values`. Of every ten patterns
the fifth and the tenth are for the test split and the eighth for validation: keep the order when you add some.
"""

ENGLISH = """
Please send the invoice over {amount} to {email}, attention {name}.
{name} moved to {address} on {date}.
Your appointment with {mr} {last} is confirmed for {date} at {time}.
can you call {first} back? {phone}, it's about the deposit of {amount}
We have booked a table for {count} under the name {last} on {date}, the number on file is {phone}.
Delivery note {code}¶Recipient: {name}¶{address}¶Parcels: {count}
I was charged {amount} twice for order {number}, once on {date} and again on {date}.
My new number is {phone}, the old one stops working on {date}.
Name: {sorted}¶Date of birth: {birth}¶Phone: {phone}¶E-mail: {email}
Ticket #{number}: customer {name} reports that the refund of {amount} never arrived. Reply to {email}.
the package for {first} was left with the people at {address}
Meeting room {room} is taken on {date}, so {first} and {first} moved us to {room}.
{name}¶Head of Sales, {company}¶{address}¶T {phone}¶{email}
The courier could not find {address}; please ring him on {phone}.
do you still live at {address}? {first} wants to send you a card
Passport of {name}, born {birth}, valid until {date}.
{first} owes me {amount}, {first} owes me {amount} and nobody has paid so far
Reminder: {amount} is due on {date}. Questions? Write to {email} or ring {phone}.
Thanks {first}, the {count} boxes arrived in {city} this {weekday} at {time}.
Dear team, as of {date} {mr} {last} takes over the {city} office. You reach the new manager at {email}.
Hi, it's {first}. I lost my phone, text me on {phone} for now
Order {code} ships to {address} on {date}, total {amount} including {percent} tax.
Patient: {sorted} (born {birth}), seen on {date} by {mr} {last}, room {room}.
We regret that {name} can't attend in {month}; {name} will come instead.
Could you forward this to {email} and copy {email}? It concerns invoice {number}.
Landlord: {name}. Rent: {amount} a month. Flat: {address}. Start: {date}.
The parents of {full} asked to be called on {phone} after {time}.
Ship to: {address}¶Bill to: {name}, {address}¶Contact: {email}
happy birthday {first}!! is it really {birth}? {emoji}
If {first} asks, the spare key is at {address}, and the alarm company is on {phone}.
Transfer {amount} to {name} with reference {code}.
I'd like to cancel my booking of {date}, name of {last}, {count} nights at {company}.
{mr} {last} from {company} left a message: please call {phone} before {time}.
You have paid {amount} to {company} on {date} with the card ending in {number}.
lunch with {first} on {date}? {time} at the usual place, about {amount} each
From: {name} <{email}>¶Subject: visit on {date}
My name is {name} and I live at {address}. My meter, number {number}, has been wrong since {year}.
Witness {name}, {address}, stated on {date} that the lights were off.
{first} is out today, so ask {first} or {name} {emoji} {phone}
Applicant {sorted} would like to start on {date} and expects {amount} a year.
the plumber ({first}, {phone}) wants {amount} up front
Please update my contact details: {email}, {phone}, {address}.
Dr. {name} sees patients at {address} every {weekday} from {time}.
Membership of {name} runs out on {date}; renewing costs {amount}.
RSVP by {date} to {first}: {phone} or {email}, and tell us if you bring kids
Receipt {number}¶Date {date}¶{product} {amount}¶Total {amount}
Who is {name}? There is a missed call from {phone} and a mail from {email}.
Our driver {first} will be at {address} between {time} and {time}.
A parcel of {size} for {mr} {last} waits at the desk until {date}.
{name} (born {birth} in {city}) was married to {name} on {date}.
I met {first} in {city}, we talked about {product} and the {amount} that {company} lost
Cheque no. {number} for {amount}, payable to {name}, dated {date}.
new address from {date}: {address}
Please add {name}, {email}, to the list; {name}, {email}, can be removed.
Hello, {last} speaking, I'm waiting for a technician at {address}, flat on the left, since {time}. Mobile {phone}.
On {date} at {time} {name} reported a water leak in building {room}.
{email} bounced, do you have another one for {mr} {last}?
Emergency contact: {name}, {phone}.
The price went from {amount} to {amount}, that's {percent} more than in {year}, says {name}.
still need: {first} ({amount}), {first} ({amount}), tickets are for {date}
Signed in {city} on {date}¶Tenant {name}¶Owner {name}
Version {version} of {product} was reviewed by {full} on {date}.
Guest list: {name}, {name}, {mr} {last}, {first}.
""".strip().splitlines()

GERMAN = """
Bitte überweisen Sie {amount} bis zum {date} an {name}, Verwendungszweck {code}.
Sehr gern, Frau {last}, wir liefern am {date} gegen {time} an die Adresse {address}.
ruf mal {first} zurück, {phone}, es geht um das Zimmer in {city}
Name: {sorted}¶Geburtsdatum: {birth}¶Anschrift: {address}¶Telefon: {phone}
Herr {last} bittet um Rückruf unter {phone}, am besten vor {time}.
Ihre Rechnung {number} vom {date} über {amount} ist noch offen.
Ich bin umgezogen: {address}, gilt ab {date}. Liebe Grüße, {first}
{name} hat heute ein Paket mit {count} Büchern für uns abgegeben.
Der Termin bei Dr. {last} am {date} um {time} muss leider ausfallen.
Meine Mailadresse lautet jetzt {email}, die alte ({email}) wird im {month} gelöscht.
{name}¶Leitung Einkauf¶{company}¶{address}¶Tel.: {phone}¶{email}
Könntest du {first} und {first} fragen, ob {date} passt?
Mieterin: {name}, geboren am {birth}, Wohnung: {address}, Kaution: {amount}.
Das Paket von {size} konnte in der {address} nicht zugestellt werden.
wer war das? verpasster anruf von {phone}, danach eine mail von {email}
Für die Reise nach {city} hat {first} schon {amount} bezahlt, es fehlen noch {amount}.
Wir suchen Zeugen: Am {date} gegen {time} wurde vor dem Haus {address} ein Rad gestohlen.
Anmeldung für {name} ({email}), Kurs {code}, Beginn {date}, Gebühr {amount}.
Frau {name} übernimmt ab {date} die Filiale in {city}.
Auf dem Klingelschild steht {last}, der Code ist {number}, die Adresse {address}.
kannst du mir {amount} leihen? bekommst du am {date} wieder, versprochen {emoji}
Schadensmeldung von {mr} {last}: Wasser in Raum {room}, Höhe etwa {amount}, erreichbar unter {phone}.
Sie erreichen unsere Kollegin {full} unter {phone} oder {email}.
Kunde {name} reklamiert Bestellung {number} vom {date}; Erstattung {amount}.
Patient {sorted}, geb. {birth}, Aufnahme {date}, Zimmer {room}.
Alles Gute zum Geburtstag, {first}! {emoji} Feiern wir am {date} bei dir?
Lieferschein {code}¶Empfänger: {name}¶{address}¶Positionen: {count}
An: {name} <{email}>¶Betreff: Angebot {number}
Die Miete steigt zum {date} von {amount} auf {amount}.
Der Schlüssel liegt bei {last} nebenan, ihre Nummer ist {phone}, bitte erst nach {time} klingeln.
{first} wohnt jetzt in der {address}, {first} ist noch in {city}
Hiermit kündige ich, {name}, meinen Vertrag {number} zum {date}.
Treffen mit {mr} {last} von {company} am {date}, {time}, Raum {room}.
Bitte nehmen Sie {email} aus dem Verteiler und tragen Sie {email} ein.
Der Handwerker heißt {name}, kommt {weekday} um {time} und will {amount} in bar.
Quittung¶{product}: {amount}¶Versand: {amount}¶Summe: {amount}¶Datum: {date}
Hallo, hier ist {first}, ich habe eine neue Nummer: {phone}
Kontaktperson im Notfall: {name}, Telefon {phone}.
{company}, z. Hd. {name}, {address}
Mit {first} war es in {city} am schönsten, wir hatten {percent} Rabatt und haben nur {amount} ausgegeben.
Ihr Ausweis, Herr {last}, ist bis {date} gültig.
Wurde {name} nicht am {birth} in {city} geboren?
Umsatz im {month}: {amount}, also {percent} mehr als {year}, schreibt {name}.
ich steh vor {address} und keiner macht auf, ruf an {phone}
Laut Vertrag vom {date} verkauft {name} das Auto an {name} und erhält dafür {amount}.
Teilnehmer: {name}, {name}, {first} und Frau {last}
Wir bestätigen Ihre Buchung: {count} Nächte ab {date}, auf den Namen {last}, gesamt {amount}.
Die Störung im Anschluss {address} ist seit {time} behoben, sagt {first}.
Zählerstand {number}, abgelesen am {date} durch {name}
Der Bewerber {name} (Jahrgang {year}) stellt sich am {date} vor, seine Mail: {email}.
Seit {date} antwortet {company} nicht mehr, auch nicht unter {phone}.
{first} {phone}, {first} {phone}, mehr habe ich nicht
Spende von {amount} durch Familie {last}, {address}, eingegangen am {date}.
Version {version} hat {full} am {date} freigegeben.
Haben Sie noch Fragen, {mr} {last}? Schreiben Sie an {email}, wir antworten binnen {count} Stunden.
Kurier {first} holt die {count} Kartons am {date} in der {address} ab.
frag doch {first}, der hat für {product} nur {amount} gezahlt
Rückzahlung: {amount} am {date}
Herr Dr. {name} hält am {date} um {time} einen Vortrag in {city}, Eintritt {amount}.
Vermisst wird {name}; Hinweise bitte an {phone} oder {email}, Aktenzeichen {code}.
""".strip().splitlines()

FRENCH = """
Merci de virer {amount} à {name} avant le {date}, référence {code}.
Bonjour, ici {first}, mon nouveau numéro est le {phone}
Votre rendez-vous avec le docteur {last} est fixé au {date} à {time}.
Nom : {sorted}¶Né(e) le : {birth}¶Adresse : {address}¶Courriel : {email}
Madame {last} souhaite être rappelée au {phone} avant {time}.
La facture {number} du {date}, soit {amount}, reste impayée.
On se retrouve chez {first} le {date} ? C'est au {address}
Le colis pour {name} a été déposé au {address}.
tu peux appeler {first} stp ? {phone}, c'est pour les {amount} de caution
Suite à notre échange, {name} prendra contact avec vous par mail ({email}) ou par téléphone ({phone}).
{name}¶Responsable des ventes¶{company}¶{address}¶Tél. : {phone}¶{email}
Je soussigné {name}, né le {birth} à {city}, demeurant {address}, certifie avoir reçu {amount}.
Nous avons livré {count} cartons à {city} le {date} ; {first} a signé.
Bon anniversaire {first} ! {emoji} Rendez-vous le {date} à {time}
Commande {code} annulée par {mr} {last}, remboursement prévu : {amount} le {date}.
Le loyer passera de {amount} à {amount} au {date}.
Destinataire : {name}¶{address}¶Nombre de colis : {count}
Pour toute question, écrivez à {email}, nous répondons en {count} heures.
Bon de livraison {number}, à remettre à {mr} {last}, salle {room}.
J'habite toujours {address}, mais mon courriel a changé : {email}.
qui c'est {phone} ? on m'a appelé trois fois depuis {time}
Le contrat signé le {date} entre {name} et {company} porte sur {amount}.
Patient {sorted}, né le {birth}, entré le {date}, chambre {room}.
Peux-tu demander à {first} ou à {first} si le {date} leur convient ?
Il manque {amount} dans la caisse depuis le {date}, demandez à {name} ou au gérant : {phone}.
Je déménage le {date}, ma nouvelle adresse : {address}.
Le plombier passe {weekday} vers {time}, il prend {amount} en liquide et joint {first} au {phone}
De : {name} <{email}>¶Objet : visite du {date}
Merci {first}, le {product} marche très bien, et pour {amount} !
La clé est chez {mr} {last}, {address}, sonnez deux fois, sinon appelez {first}.
Reçu¶{product} : {amount}¶Livraison : {amount}¶Total : {amount}¶Le {date}
Inscription de {mr} {name} au cours {code}, début le {date}, tarif {amount}.
Personne à prévenir en cas d'urgence : {name}, {phone}.
Ajoutez {email} à la liste et supprimez {email}, s'il vous plaît.
Réservation pour {count} personnes le {date} à {time}, au nom de {mr} {last}, tél. {phone}.
{first} me doit {amount} et {first} encore {amount}, ça fait beaucoup
Le sinistre du {date} au {address} a été déclaré par {name}.
Demandez {first} à la réception, poste {room}, ou composez le {phone}.
{company}, à l'attention de {mr} {last}, {address}
Le dossier {number} est suivi par {name}, joignable tous les {weekday}s dès {time} au {phone}.
Carte valable jusqu'au {date}, titulaire {name}.
le livreur est perdu, il cherche {address}, appelle-le au {phone}
Chère Madame {last}, votre demande du {date} a bien été enregistrée sous le numéro {number}.
En {month}, {company} a perdu {amount}, soit {percent} de plus, selon {name}.
On cherche des témoins : le {date} vers {time}, devant le {address}, un vélo a disparu.
Participants : {name}, {name}, {mr} {last} et {first}
Voici les coordonnées que tu voulais : {name}, {phone}, {email}
Chèque de {amount} à l'ordre de {mr} {last}.
Nous étions à {city} avec {first}, {percent} de remise, {amount} la nuit
La candidate {name}, née le {birth}, peut commencer le {date} et demande {amount} par an.
Envoyez le devis à {email} avec copie à {first}, merci
Monsieur {name} remplace Madame {last} à compter du {date}.
version {version} validée par {full} le {date}
Merci de confirmer votre présence à {first} avant le {date} : {phone}.
Don de {amount} par la famille {last}, reçu le {date}, merci à eux.
Notre technicien {first} sera au {address} entre {time} et {time}.
Je vous écris depuis {email} car l'autre adresse ne marche plus.
Le compteur {number} a été relevé le {date} par {name}.
Caution rendue : {amount}
Le mariage de {mr} {last} et de {mr} {last} aura lieu le {date} à {city}, réponse attendue à {email}.
""".strip().splitlines()

SPANISH = """
Por favor, transfiera {amount} a {name} antes del {date}, concepto {code}.
Hola, soy {first}, este es mi número nuevo: {phone}
Su cita con la doctora {last} es el {date} a las {time}.
Nombre: {sorted}¶Fecha de nacimiento: {birth}¶Dirección: {address}¶Correo: {email}
El señor {last} pide que le llamen al {phone} antes de las {time}.
La factura {number} del {date}, por {amount}, sigue pendiente.
nos vemos en casa de {first} el {date}, vive en {address}
El paquete para {name} se dejó en {address}.
Me cobraron {amount} dos veces por el pedido {number}, el {date} y el {date}.
Le escribirá nuestra compañera {name} desde {email}; si prefiere hablar, marque el {phone}.
{name}¶Jefa de ventas¶{company}¶{address}¶Tel. {phone}¶{email}
Yo, {name}, nacido el {birth} en {city} y con domicilio en {address}, declaro haber recibido {amount}.
Entregamos {count} cajas en {city} el {date}; firmó {first}.
¡Feliz cumpleaños, {first}! {emoji} ¿Lo celebramos el {date}?
Pedido {code} anulado por {mr} {last}, se devolverán {amount} el {date}.
¿puedes llamar a {first}? {phone}, es por los {amount} de la fianza
Destinatario: {name}¶{address}¶Bultos: {count}
Para cualquier duda escriba a {email} o llame al {phone}.
El alquiler sube de {amount} a {amount} desde el {date}.
Sigo viviendo en {address}, pero he cambiado de correo, ahora es {email}.
¿de quién es el {phone}? me ha llamado tres veces desde las {time}
El contrato del {date} entre {name} y {company} asciende a {amount}.
Paciente: {sorted}, nacido el {birth}, ingreso {date}, habitación {room}.
Pregunta a {first} o a {first} si el {date} les viene bien.
Faltan {amount} en la caja desde el {date}, según {name}; el encargado está en el {phone}.
Me mudo el {date}. Nueva dirección: {address}.
El fontanero viene el {weekday} a las {time} y cobra {amount} en efectivo, dile a {first}
De: {name} <{email}>¶Asunto: visita del {date}
Gracias {first}, el {product} va de maravilla y solo costó {amount}
La llave la tiene {mr} {last}, en {address}; llame dos veces o avise a {first}.
Recibo¶{product}: {amount}¶Envío: {amount}¶Total: {amount}¶Fecha: {date}
Inscripción de {name} en el curso {code}, comienzo {date}, precio {amount}.
En caso de emergencia avisar a {name}, {phone}.
Añada {email} a la lista y borre {email}, por favor.
Mesa para {count} el {date} a las {time} a nombre de {last}, teléfono {phone}.
{first} me debe {amount} y {first} otros {amount}, así no se puede
El siniestro del {date} en {address} lo comunicó {name}.
Pregunte por {first} en recepción, extensión {room}, o marque {phone}.
{company}, a la atención de {mr} {last}, {address}
El expediente {number} lo lleva {name}, disponible los {weekday} desde las {time} en el {phone}.
Carné válido hasta el {date}, titular {name}.
el repartidor no encuentra {address}, llámale al {phone}
Estimada señora {last}: su solicitud del {date} tiene el número {number}.
En {month} {company} perdió {amount}, un {percent} más que en {year}, dice {name}.
Se buscan testigos: el {date}, sobre las {time}, robaron una bici delante de {address}.
Asistentes: {name}, {name}, {mr} {last} y {first}
Estos son los datos que querías: {name}, {phone}, {email}
Cheque de {amount} a favor de {name}.
Estuvimos en {city} con {first}, {percent} de descuento, {amount} la noche
La candidata {name}, nacida el {birth}, puede empezar el {date} y pide {amount} al año.
Manda el presupuesto a {email} con copia para {first}, gracias
Don {name} sustituye a doña {name} a partir del {date}.
versión {version} revisada por {full} el {date}
Confirma tu asistencia a {first} antes del {date}: {phone}.
Donativo de {amount} de la familia {last}, recibido el {date}, se agradece.
Nuestro técnico {first} estará en {address} entre las {time} y las {time}.
Le escribo desde {email} porque la otra cuenta no funciona.
El contador {number} fue leído el {date} por {name}.
Fianza devuelta: {amount}
La boda de {first} y {first} será el {date} en {city}; respuestas a {email}.
""".strip().splitlines()

BODIES = {
    language: [line.replace("¶", "\n") for line in lines]
    for language, lines in (("en", ENGLISH), ("de", GERMAN), ("fr", FRENCH), ("es", SPANISH))
}
