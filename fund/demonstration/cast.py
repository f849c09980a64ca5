"""Who gives in the demonstration fund, who works for it, and where its money lies. Pure."""

# Code, name, class, country.
DONORS = (
    ("CAN", "Canada", "state_party", "CAN"),
    ("USA", "United States of America", "state_party", "USA"),
    ("MEX", "Mexico", "state_party", "MEX"),
    ("BRA", "Brazil", "state_party", "BRA"),
    ("CHL", "Chile", "state_party", "CHL"),
    ("COL", "Colombia", "state_party", "COL"),
    ("PER", "Peru", "state_party", "PER"),
    ("ESP", "Spain", "other_state", "ESP"),
    ("FRA", "France", "other_state", "FRA"),
    ("ANDEAN-DEV", "Andean Development Facility", "organisation", ""),
    ("CARIB-SEC", "Caribbean Security Forum", "organisation", "BRB"),
    ("NORTHBRIDGE", "Northbridge Data Systems Inc.", "private_sector", "USA"),
    ("PUERTO-CLARO", "Naviera Puerto Claro S.A.", "private_sector", "PAN"),
    ("HORIZONTE", "Fundación Horizonte Abierto", "civil_society", "ARG"),
    ("OPEN-HARBOUR", "Open Harbour Trust", "civil_society", "CAN"),
)

# Implementing partners: code, name, country.
PARTNERS = (
    ("ISTHMUS", "Customs Academy of the Isthmus", "PAN"),
    ("REG-YOUTH", "Island Youth Network", "BRB"),
)

# Those that are not written to in English.
LANGUAGES = {
    "MEX": "es",
    "BRA": "pt",
    "CHL": "es",
    "COL": "es",
    "PER": "es",
    "ESP": "es",
    "FRA": "fr",
    "ANDEAN-DEV": "es",
    "PUERTO-CLARO": "es",
    "HORIZONTE": "es",
}

# Code, name, currency.
BANKS = (
    ("HARBOUR-USD", "Harbour Bank, current account", "USD"),
    ("MAPLE-CAD", "Maple Savings, current account", "CAD"),
    ("IBERIA-EUR", "Banca Iberia, current account", "EUR"),
)

# USD per unit, month by month; the first month is the one in which the story begins.
RATES = {
    "CAD": "0.7325 0.7298 0.7341 0.7382 0.7410 0.7367 0.7329 0.7288 0.7254 0.7301 0.7346 0.7391 0.7405 0.7388",
    "EUR": "1.0840 1.0795 1.0872 1.0931 1.1010 1.0967 1.1042 1.1095 1.1138 1.1074 1.1021 1.0986 1.1053 1.1107",
}
