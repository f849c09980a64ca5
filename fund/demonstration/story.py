"""What happens in the demonstration fund, told over 360 days. Pure."""

from fund.demonstration.steps import (
    Advanced,
    Allocated,
    Banked,
    CameBack,
    Charged,
    Deposited,
    Entered,
    For,
    Given,
    Identified,
    Milestoned,
    MonthEnded,
    Paid,
    Planned,
    Pledged,
    Received,
    Refunded,
    Reminded,
    Reported,
    Screened,
    Signed,
    Step,
    Undone,
    WrittenOff,
)

LENGTH = 360

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

PROJECTS: tuple[Step, ...] = (
    Planned(
        356,
        "CYB-01",
        "Cyber incident response teams in Central America",
        (14, 15, 17, 18),
        ("CRI", "GTM", "HND", "PAN", "SLV"),
        -240,
        "National teams are trained and equipped to answer incidents against critical infrastructure.",
    ),
    Planned(
        354,
        "BOR-01",
        "Customs and border controls",
        (11, 22),
        ("GTM", "HND", "SLV"),
        -180,
        "Equipment and joint exercises for land border posts.",
    ),
    Planned(
        350,
        "FIN-01",
        "Financial intelligence in the Andes",
        (6, 8, 9, 10),
        ("BOL", "ECU", "PER"),
        -150,
        "Financial intelligence units share cases and trace assets.",
    ),
    Planned(
        240,
        "VIC-01",
        "Support for victims and witnesses",
        (27, 29, 30),
        ("COL", "PER"),
        -400,
        "Legal aid and psychological care, given by people who know the communities.",
    ),
    Planned(
        212,
        "CYB-02",
        "Digital evidence laboratories",
        (15, 20, 26),
        ("COL", "ECU"),
        -300,
        "Two laboratories for the examination of devices, with shared procedures.",
    ),
    Planned(
        165,
        "EDU-01",
        "Schools and communities against recruitment",
        (19, 23, 28),
        ("BRB", "JAM", "TTO"),
        -330,
        "Teachers and youth workers learn to recognise and answer recruitment online.",
    ),
)

PLEDGES: tuple[Step, ...] = (
    Pledged(358, "p-can", "CAN", "CAD 1,200,000", "Announced at the opening of the fund"),
    Pledged(340, "p-usa", "USA", "USD 2,000,000"),
    Pledged(300, "p-esp", "ESP", "EUR 600,000"),
    Pledged(250, "p-chl", "CHL", "USD 150,000"),
    Undone(92, "p-chl", "Not in the adopted budget"),
    Pledged(60, "p-bra", "BRA", "USD 400,000"),
    Pledged(25, "p-fra", "FRA", "EUR 250,000", "Subject to parliamentary approval"),
)

_CENTRAL_AMERICA = For(countries=("GTM", "HND", "SLV"))

AGREEMENTS: tuple[Step, ...] = (
    Signed(
        330,
        "can-cyber",
        "CAN",
        "CAD 800,000",
        ((300, "400,000"), (120, "400,000")),
        reference="GAC-2207-01",
        pledge="p-can",
        earmark=For(projects=("CYB-01",)),
    ),
    Received(298, "r-can-1", "can-cyber", "CAD 400,000"),
    Received(118, "r-can-2", "can-cyber", "CAD 400,000"),
    Signed(
        320,
        "usa-border",
        "USA",
        "USD 1,500,000",
        ((290, "750,000"), (110, "500,000"), (-45, "250,000")),
        reference="S-LMAQM-0417",
        pledge="p-usa",
        earmark=_CENTRAL_AMERICA,
    ),
    Received(289, "r-usa-1", "usa-border", "USD 750,000"),
    Received(100, "r-usa-2", "usa-border", "USD 500,000"),
    Signed(318, "usa-pool", "USA", "USD 500,000", ((280, "500,000"),), reference="S-LMAQM-0418", pledge="p-usa"),
    Received(281, "r-usa-3", "usa-pool", "USD 500,000"),
    Signed(310, "mex", "MEX", "USD 250,000", ((270, "125,000"), (90, "125,000")), reference="SRE-118"),
    Received(268, "r-mex-1", "mex", "USD 125,000"),
    Received(88, "r-mex-2", "mex", "USD 125,000"),
    Signed(295, "per", "PER", "USD 80,000", ((260, "80,000"),), on_receipt=True),
    Received(262, "r-per", "per", "USD 80,000"),
    Signed(280, "esp-pool", "ESP", "EUR 350,000", ((250, "200,000"), (60, "150,000")), "AECID-31", pledge="p-esp"),
    Received(249, "r-esp-1", "esp-pool", "EUR 200,000"),
    Received(55, "r-esp-2", "esp-pool", "EUR 100,000"),
    Signed(270, "chl", "CHL", "USD 60,000", ((200, "60,000"),)),
    Received(201, "r-chl", "chl", "USD 62,500"),
    Signed(240, "col", "COL", "USD 120,000", ((210, "60,000"), (30, "60,000")), reference="CANC-2026-4"),
    Received(208, "r-col", "col", "USD 60,000"),
    Signed(
        235,
        "fra-victims",
        "FRA",
        "EUR 200,000",
        ((190, "200,000"),),
        earmark=For(projects=("VIC-01",), ends=-400),
        note="Narrative report once a year",
    ),
    Received(185, "r-fra", "fra-victims", "EUR 200,000"),
    Signed(
        225,
        "andean",
        "ANDEAN-DEV",
        "USD 300,000",
        ((180, "150,000"), (20, "150,000")),
        reference="ADF/TA/77",
        earmark=For(projects=("FIN-01",)),
    ),
    Received(178, "r-andean", "andean", "USD 150,000"),
    Signed(215, "carib", "CARIB-SEC", "USD 45,000", ((150, "45,000"),)),
    Received(149, "r-carib", "carib", "USD 30,000"),
    Signed(
        205,
        "northbridge",
        "NORTHBRIDGE",
        "USD 100,000",
        ((170, "50,000"), (10, "50,000")),
        earmark=For(projects=("CYB-02",)),
        on_receipt=True,
    ),
    Received(169, "r-north-1", "northbridge", "USD 50,000"),
    Received(8, "r-north-2", "northbridge", "USD 50,000"),
    Signed(200, "per-twice", "PER", "USD 15,000", ((140, "15,000"),)),
    Undone(196, "per-twice", "Entered twice"),
    Signed(160, "puerto", "PUERTO-CLARO", "USD 40,000", ((130, "40,000"),)),
    Received(131, "r-puerto", "puerto", "USD 40,000"),
    Signed(150, "bra", "BRA", "USD 200,000", ((100, "200,000"),), reference="ABC-0092"),
    Received(97, "r-bra", "bra", "USD 199,975", charges="USD 25"),
    Signed(140, "horizonte", "HORIZONTE", "EUR 30,000", ((110, "15,000"), (-30, "15,000")), on_receipt=True),
    Received(109, "r-horizonte", "horizonte", "USD 16,480", settles="EUR 15,000"),
    Signed(130, "harbour", "OPEN-HARBOUR", "USD 20,000", ((95, "20,000"),)),
    Received(96, "r-harbour", "harbour", "USD 20,000"),
    Signed(85, "can-pool", "CAN", "CAD 250,000", ((50, "125,000"), (-10, "125,000")), "GAC-2207-02", pledge="p-can"),
    Received(48, "r-can-3", "can-pool", "CAD 125,000"),
    Signed(
        70,
        "esp-victims",
        "ESP",
        "EUR 120,000",
        ((-15, "120,000"),),
        reference="AECID-58",
        pledge="p-esp",
        earmark=For(countries=("COL", "PER")),
    ),
    Signed(
        108,
        "andean-units",
        "ANDEAN-DEV",
        "USD 90,000",
        ((94, "90,000"),),
        reference="ADF/TA/91",
        earmark=For(projects=("FIN-01",)),
        conditional=True,
        note="Half of it for each unit that is connected",
    ),
    Received(93, "r-units", "andean-units", "USD 90,000"),
    Milestoned(50, "andean-units", "Ecuador’s unit is connected", 50, "USD 45,000", accepted="Report of the visit"),
    Milestoned(50, "andean-units", "Bolivia’s unit is connected", -60, "USD 45,000"),
    Signed(1, "mex-waits", "MEX", "USD 60,000", ((-45, "60,000"),), reference="SRE-2231", waits=True),
)

GIFTS: tuple[Step, ...] = (
    Given(145, "g-north", "NORTHBRIDGE", "USD 5,000"),
    Given(122, "g-carib", "CARIB-SEC", "USD 2,000"),
    Given(75, "g-harbour", "OPEN-HARBOUR", "USD 1,250", "Collected at the annual dinner"),
    Given(66, "g-back", "PUERTO-CLARO", "USD 3,000"),
    Undone(62, "g-back", "The sender's bank took it back"),
    Given(40, "g-mex", "MEX", "USD 15,000"),
    Given(35, "g-puerto", "PUERTO-CLARO", "USD 10,000"),
    Given(15, "g-horizonte", "HORIZONTE", "EUR 800"),
    Given(6, "g-harbour-2", "OPEN-HARBOUR", "USD 2,400"),
    Deposited(72, "x-1", "USD 7,500", "Ordered by a firm's branch in Colón"),
    Identified(58, "x-1", "PUERTO-CLARO"),
    Deposited(13, "x-2", "EUR 1,150", "No reference"),
)

ALLOCATIONS: tuple[Step, ...] = (
    Allocated(290, "a-1", "CYB-01", (("can-cyber", "USD 250,000"),)),
    Allocated(285, "a-2", "BOR-01", (("usa-border", "USD 600,000"),), "Steering committee, first meeting"),
    Allocated(278, "a-3", "CYB-01", (("POOL", "USD 200,000"),)),
    Allocated(260, "a-4", "FIN-01", (("POOL", "USD 150,000"),)),
    Allocated(180, "a-5", "VIC-01", (("fra-victims", "USD 180,000"),)),
    Allocated(175, "a-6", "FIN-01", (("andean", "USD 120,000"),)),
    Allocated(165, "a-7", "CYB-02", (("northbridge", "USD 45,000"),)),
    Allocated(155, "a-8", "EDU-01", (("POOL", "USD 180,000"),), "Steering committee, second meeting"),
    Allocated(95, "a-9", "BOR-01", (("usa-border", "USD 450,000"),)),
    Allocated(80, "a-10", "CYB-01", (("can-cyber", "USD 200,000"), ("POOL", "USD 50,000"))),
    Allocated(30, "a-11", "EDU-01", (("POOL", "USD 40,000"),)),
    Undone(20, "a-11", "Decided for another project"),
    Allocated(5, "a-12", "CYB-02", (("northbridge", "USD 40,000"),)),
    Allocated(2, "a-13", "EDU-01", (("POOL", "USD 25,000"),), "Steering committee, third meeting", waits=True),
)

PAYMENTS: tuple[Step, ...] = (
    Paid(275, "d-1", "Ana Duarte Consultores", (("usa-border", "BOR-01", "Contractual", "USD 42,500"),)),
    Paid(262, "d-2", "Frontera Equipos S.A.", (("usa-border", "BOR-01", "Equipment", "USD 128,400.50"),)),
    Paid(258, "d-3", "Lakehead Cyber Institute", (("can-cyber", "CYB-01", "Contractual", "CAD 96,000"),)),
    Paid(245, "d-4", "Hotel Mirador del Istmo", (("POOL", "CYB-01", "Travel", "USD 18,320.75"),)),
    Paid(238, "d-5", "Project staff, payroll", (("POOL", "FIN-01", "Personnel", "USD 24,000"),)),
    Paid(222, "d-6", "Customs Academy of the Isthmus", (("usa-border", "BOR-01", "Transfers", "USD 150,000"),)),
    Paid(
        210,
        "d-7",
        "Viajes Altiplano Ltda.",
        (("POOL", "FIN-01", "Travel", "USD 9,415.20"), ("POOL", "FIN-01", "Operating", "USD 1,200")),
    ),
    Paid(195, "d-8", "Northern Lights Computing", (("can-cyber", "CYB-01", "Equipment", "CAD 84,250"),)),
    Paid(172, "d-9", "Cabinet Vauclair", (("fra-victims", "VIC-01", "Contractual", "EUR 35,000"),)),
    Paid(168, "d-10", "Quipu Análisis S.R.L.", (("andean", "FIN-01", "Contractual", "USD 38,000"),)),
    Paid(158, "d-11", "Forensic Tools LLC", (("northbridge", "CYB-02", "Equipment", "USD 31,999.99"),)),
    Paid(148, "d-12", "Island Youth Network", (("POOL", "EDU-01", "Transfers", "USD 60,000"),)),
    Paid(
        143,
        "d-13",
        "Centro de Convenciones Lago Azul",
        (("usa-border", "BOR-01", "Travel", "USD 12,000"), ("POOL", "EDU-01", "Travel", "USD 3,000")),
        note="Regional workshop, shared by two projects",
    ),
    Paid(128, "d-14", "Project staff, payroll", (("fra-victims", "VIC-01", "Personnel", "EUR 22,000"),)),
    Paid(115, "d-15", "Trafalgar Print House", (("POOL", "EDU-01", "Supplies", "USD 14,750"),)),
    Paid(92, "d-16", "Frontera Equipos S.A.", (("usa-border", "BOR-01", "Equipment", "USD 210,000"),)),
    Paid(84, "d-17", "Viajes Altiplano Ltda.", (("andean", "FIN-01", "Travel", "USD 11,230.40"),)),
    Paid(76, "d-18", "Lakehead Cyber Institute", (("can-cyber", "CYB-01", "Transfers", "CAD 120,000"),)),
    Paid(64, "d-19", "Casa de la Memoria", (("fra-victims", "VIC-01", "Transfers", "EUR 48,000"),)),
    Paid(52, "d-20", "Bayview Conference Rooms", (("POOL", "EDU-01", "Travel", "USD 8,940"),)),
    Undone(44, "d-20", "The payment came back: the account was closed"),
    Paid(38, "d-21", "Ana Duarte Consultores", (("usa-border", "BOR-01", "Contractual", "USD 88,000"),)),
    Paid(27, "d-22", "Copiadora Central", (("POOL", "CYB-01", "Operating", "USD 4,100"),), rejected="No second quote"),
    Paid(18, "d-23", "Quipu Análisis S.R.L.", (("andean", "FIN-01", "Supplies", "USD 7,600"),)),
    Paid(9, "d-24", "Project staff, payroll", (("POOL", "EDU-01", "Personnel", "USD 19,500"),)),
    Paid(4, "d-25", "Forensic Tools LLC", (("northbridge", "CYB-02", "Supplies", "USD 6,200"),), waits=True),
    Paid(3, "d-26", "Hotel Mirador del Istmo", (("usa-border", "BOR-01", "Travel", "USD 15,300"),), waits=True),
    Paid(1, "d-27", "Cabinet Vauclair", (("fra-victims", "VIC-01", "Operating", "EUR 2,150"),), waits=True),
)

PAYEES: tuple[Step, ...] = (
    Banked(260, "Frontera Equipos S.A.", "0042-118-3375", "Banco del Istmo", "PAN", "USD"),
    Banked(150, "Cabinet Vauclair", "FR14 2004 1010 0505 0001 3M02 606", "Banque de l'Aube", "FRA", "EUR"),
    Banked(2, "Cabinet Vauclair", "ES91 2100 0418 4502 0005 1332", "Banca Iberia", "ESP", "EUR", waits=True),
    Screened(260, "Frontera Equipos S.A.", "no_match"),
    Screened(120, "Quipu Análisis S.R.L.", "possible", "A firm of nearly the same name", "Another tax number"),
    Screened(50, "Bayview Conference Rooms", "possible", "An owner of the same name"),
)

ADVANCES: tuple[Step, ...] = (
    Advanced(230, "v-1", "ISTHMUS", ("usa-border", "BOR-01", "USD 60,000"), "First half of the year's courses"),
    Reported(
        150,
        "v-1",
        "Director of administration",
        (("Travel", "USD 26,400"), ("Contractual", "USD 18,000")),
        questioned=("USD 1,150", "Two tickets have no boarding passes"),
    ),
    Reported(90, "v-1", "Director of administration", (("Contractual", "USD 12,600"),)),
    CameBack(83, "v-1", "USD 1,850"),
    Advanced(120, "v-2", "REG-YOUTH", ("POOL", "EDU-01", "USD 30,000")),
    Reported(5, "v-2", "Head of finance", (("Transfers", "USD 21,750"), ("Travel", "USD 2,400")), waits=True),
    Advanced(25, "v-3", "ISTHMUS", ("usa-border", "BOR-01", "USD 45,000"), "Second half of the year's courses"),
)

REMINDERS: tuple[Step, ...] = (
    Reminded(110, "CARIB-SEC", "mail"),
    Reminded(25, "ESP", "post"),
    Reminded(14, "CARIB-SEC", "post"),
)

CORRECTIONS: tuple[Step, ...] = (
    Refunded(46, "chl", "USD 1,500", "Note 2207", "A part of another payment came with the contribution", 43),
    WrittenOff(12, "carib", "USD 5,000", "The forum's council cut its last tranche"),
    Entered(
        33,
        "POOL",
        (("Expenses:BankCharges", "USD 18.50"), ("Assets:Bank:HARBOUR-USD", "USD -18.50")),
        "A cheque book, which the bank charged on no statement",
    ),
)

RUNS: tuple[Step, ...] = (
    Charged(288, "usa-border", "5"),
    Charged(170, "fra-victims", "4"),
    MonthEnded(1, "USD 1,842.30"),
)

STORY: tuple[Step, ...] = (
    *PROJECTS,
    *PLEDGES,
    *AGREEMENTS,
    *GIFTS,
    *ALLOCATIONS,
    *PAYMENTS,
    *PAYEES,
    *ADVANCES,
    *REMINDERS,
    *CORRECTIONS,
    *RUNS,
)
