"""The sentences of invented feedback in Italian and English, by topic and stance. Only data.

A comment is: where somebody noticed it, what they noticed (by topic), what they wish (by stance), and at
times a closing word. `{street}` is replaced by the name of the street.
"""

from __future__ import annotations

Sentences = tuple[str, ...]

OPENINGS: dict[str, Sentences] = {
    "it": (
        "Passo da {street} ogni mattina.",
        "Abito a due passi da {street}.",
        "Lavoro in {street} da anni.",
        "Accompagno i bambini a scuola da qui.",
        "Vengo in {street} soprattutto la sera.",
        "Ci passo con mia madre, che ha ottant'anni.",
        "Faccio la spesa in {street}.",
        "In {street}:",
        "",
        "Ho provato il percorso sabato scorso.",
    ),
    "en": (
        "I walk along {street} every morning.",
        "I live just off {street}.",
        "I have worked in {street} for years.",
        "I take the children to school this way.",
        "I come to {street} mostly in the evening.",
        "I come here with my mother, who is eighty.",
        "I do my shopping in {street}.",
        "In {street}:",
        "",
        "I tried the route last Saturday.",
    ),
}

OBSERVATIONS: dict[str, dict[str, Sentences]] = {
    "safety": {
        "it": (
            "Le auto arrivano veloci e all'incrocio non si vede chi attraversa.",
            "Di sera è buio e i motorini passano tra i pedoni.",
            "Le strisce sono consumate, nessuno si ferma.",
            "Tra furgoni in manovra e turisti distratti si rischia ogni giorno.",
        ),
        "en": (
            "Cars come fast and you cannot see who is crossing.",
            "It is dark at night and mopeds weave between people.",
            "The crossing has worn away and nobody stops.",
            "Between reversing vans and visitors it is risky every day.",
        ),
    },
    "access": {
        "it": (
            "Le basole sconnesse fermano la carrozzina.",
            "Manca lo scivolo su un lato del marciapiede.",
            "I tavolini occupano il passaggio e con il bastone non si passa.",
            "Il posto riservato è sempre occupato.",
        ),
        "en": (
            "The uneven paving stops a wheelchair.",
            "One side of the pavement has no dropped kerb.",
            "Tables block the way for anyone with a stick.",
            "The reserved bay is always taken.",
        ),
    },
    "transport": {
        "it": (
            "L'autobus resta bloccato dietro le auto in doppia fila.",
            "La fermata è lontana e senza ombra.",
            "Dopo le otto di sera non passa quasi più niente.",
            "Non si capisce a che ora passa la navetta.",
        ),
        "en": (
            "The bus gets stuck behind double-parked cars.",
            "The stop is far away and has no shade.",
            "After eight in the evening hardly anything runs.",
            "Nobody knows when the shuttle comes.",
        ),
    },
    "walking": {
        "it": (
            "A piedi si sta bene quando non ci sono auto.",
            "Il marciapiede è troppo stretto per due persone.",
            "Mancano panchine e un po' d'ombra.",
            "La domenica la strada è un'altra cosa.",
        ),
        "en": (
            "Walking is a pleasure when there are no cars.",
            "The pavement is too narrow for two people.",
            "There are no benches and no shade.",
            "On Sundays the street is a different place.",
        ),
    },
    "cycling": {
        "it": (
            "In bici si finisce tra i taxi e le carrozze.",
            "Non c'è dove legare la bicicletta.",
            "Il percorso ciclabile si interrompe proprio qui.",
            "I monopattini corrono in mezzo alla gente.",
        ),
        "en": (
            "On a bicycle you end up between taxis and carriages.",
            "There is nowhere to lock a bike.",
            "The cycle route breaks off right here.",
            "Scooters race through the crowd.",
        ),
    },
    "parking": {
        "it": (
            "Giro mezz'ora per trovare posto vicino a casa.",
            "Le auto parcheggiate coprono la facciata.",
            "I residenti pagano il pass e non trovano posto.",
            "Si posteggia ovunque, anche davanti ai portoni.",
        ),
        "en": (
            "I drive around for half an hour to park near home.",
            "Parked cars hide the façade.",
            "Residents pay for a permit and find no space.",
            "People park everywhere, even across doorways.",
        ),
    },
    "deliver": {
        "it": (
            "I furgoni scaricano a tutte le ore.",
            "Il corriere si ferma in mezzo alla strada.",
            "Per il mio negozio la consegna alle sette è troppo presto.",
            "Le piazzole di carico sono occupate da auto.",
        ),
        "en": (
            "Vans unload at all hours.",
            "Couriers stop in the middle of the street.",
            "For my shop a delivery at seven is too early.",
            "Cars take the loading bays.",
        ),
    },
    "noise": {
        "it": (
            "La notte il rumore dei motori non fa dormire.",
            "D'estate l'aria è irrespirabile.",
            "I pullman restano fermi con il motore acceso.",
            "Da quando passano meno auto si sentono le campane.",
        ),
        "en": (
            "At night the engines keep us awake.",
            "In summer the air is unbreathable.",
            "Coaches stand with their engines running.",
            "With fewer cars you can hear the bells again.",
        ),
    },
    "heritage": {
        "it": (
            "Le vibrazioni non fanno bene a un monumento di novecento anni.",
            "Si fotografa la chiesa e si vedono solo auto.",
            "I cartelli coprono i portali.",
            "La strada è parte del sito quanto i palazzi.",
        ),
        "en": (
            "The vibration does a nine-hundred-year-old monument no good.",
            "You photograph the church and get only cars.",
            "The signs hide the portals.",
            "The street belongs to the site as much as the palaces do.",
        ),
    },
    "trade": {
        "it": (
            "Con la strada chiusa i clienti di fuori non arrivano più.",
            "Da quando si cammina entrano più persone.",
            "Le botteghe chiudono e restano solo i souvenir.",
            "I gruppi scendono dal pullman e bloccano tutto.",
        ),
        "en": (
            "With the street closed, customers from outside stay away.",
            "Since people walk here, more come in.",
            "Workshops close and only souvenirs remain.",
            "Groups get off the coach and block everything.",
        ),
    },
    "other": {
        "it": (
            "La strada potrebbe essere molto più bella.",
            "Servono regole chiare, uguali per tutti.",
            "Ci sono rifiuti a ogni angolo.",
            "Le informazioni arrivano sempre tardi.",
        ),
        "en": (
            "The street could be far more beautiful.",
            "The rules should be clear and the same for all.",
            "There is litter on every corner.",
            "Information always comes late.",
        ),
    },
}
"""By a part of the topic's slug; `other` serves topics that match none."""

ALIASES = {
    "tram": "transport",
    "bus": "transport",
    "car": "parking",
    "air": "noise",
    "touris": "trade",
    "walk": "walking",
    "cycl": "cycling",
    "bike": "cycling",
}

WISHES: dict[str, dict[str, Sentences]] = {
    "for": {
        "it": (
            "La misura va nella direzione giusta.",
            "Sono d'accordo: si faccia presto.",
            "Finalmente. Andate avanti.",
            "Così com'è proposta mi convince.",
            "Ben venga, anche per chi viene dopo di noi.",
        ),
        "en": (
            "The measure goes the right way.",
            "I agree: please do it soon.",
            "At last. Carry on.",
            "I am convinced by the proposal as it is.",
            "Welcome, also for those who come after us.",
        ),
    },
    "against": {
        "it": (
            "Così però il problema si sposta nelle vie accanto.",
            "Sono contrario: mancano le alternative.",
            "Prima i mezzi pubblici, poi i divieti.",
            "Chi abita qui ne paga il prezzo.",
            "La misura va ripensata con chi ci lavora.",
        ),
        "en": (
            "But this only moves the problem to the next streets.",
            "I am against it: there are no alternatives.",
            "First public transport, then bans.",
            "Those who live here pay the price.",
            "It should be reconsidered with those who work here.",
        ),
    },
    "idea": {
        "it": (
            "Propongo una prova di tre mesi con conteggi pubblicati.",
            "Basterebbe una navetta elettrica ogni dieci minuti.",
            "Si potrebbe limitare l'orario al fine settimana.",
            "Servirebbero dissuasori a scomparsa e più alberi.",
            "Meglio una zona di carico nella traversa.",
        ),
        "en": (
            "I suggest a three-month trial with published counts.",
            "An electric shuttle every ten minutes would do.",
            "The hours could be limited to weekends.",
            "Retractable bollards and more trees would help.",
            "A loading bay in the side street would be better.",
        ),
    },
    "question": {
        "it": (
            "Chi assiste un familiare potrà passare?",
            "Quando iniziano i lavori e quanto dureranno?",
            "Dove si fermeranno i taxi?",
            "È stato sentito chi ha un'attività qui?",
            "Le moto sono comprese nel divieto?",
        ),
        "en": (
            "Will carers still be allowed through?",
            "When does the work start and how long will it take?",
            "Where will taxis stop?",
            "Have the businesses here been heard?",
            "Are motorcycles included in the ban?",
        ),
    },
}

CLOSINGS: dict[str, Sentences] = {
    "it": ("", "", "", "Grazie.", "Grazie per averci chiesto.", "Spero che se ne tenga conto."),
    "en": ("", "", "", "Thank you.", "Thank you for asking us.", "I hope this is taken into account."),
}

CONDITIONS: dict[str, Sentences] = {
    "it": (
        "se le persone con disabilità possono arrivare fino alla porta",
        "se prima arriva la navetta",
        "se i residenti trovano posto entro trecento metri",
        "se le consegne restano possibili fino alle dieci",
        "se si pubblicano i dati dopo sei mesi",
        "se la sera restano accessi per chi lavora di notte",
    ),
    "en": (
        "if disabled people can reach their door",
        "if the shuttle comes first",
        "if residents can park within three hundred metres",
        "if deliveries stay possible until ten",
        "if the figures are published after six months",
        "if people who work at night keep access",
    ),
}

GROUP_REASONS: dict[str, dict[str, str]] = {
    "yes": {
        "it": "L'assemblea ha discusso la proposta e la sostiene: i vantaggi per i soci superano i disagi.",
        "en": "Our assembly discussed the proposal and supports it: the gains outweigh the trouble.",
    },
    "open": {
        "it": "I soci sono divisi. Chiediamo di provare la misura e di decidere con i dati in mano.",
        "en": "Our members are divided. We ask for a trial, and for a decision once the figures are known.",
    },
    "no": {
        "it": "Così com'è la proposta danneggia i nostri soci. Chiediamo un incontro prima della decisione.",
        "en": "As it stands the proposal harms our members. We ask for a meeting before a decision is taken.",
    },
}


def observations(topic: str, language: str) -> Sentences:
    """The observations that fit a topic's slug."""
    slug = topic.lower()
    for part, sentences in OBSERVATIONS.items():
        if part in slug:
            return sentences[language]
    for part, key in ALIASES.items():
        if part in slug:
            return OBSERVATIONS[key][language]
    return OBSERVATIONS["other"][language]
