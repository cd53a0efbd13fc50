// What tables are about: names, units, sizes and words as people write them. Values: [name, unit, kind, scale, decimals];
// categories: [name, words]; others, of which any role is right: [name, kind].

const list = (text) => text.split("|");

export const DOMAINS = {
  sensors: {
    time: list("timestamp|time|ts|measured_at|datetime|Date/Time"),
    values: [
      ["temperature", "°C", "walk", 21, 1],
      ["humidity", "%", "around", 45, 0],
      ["pressure", "hPa", "walk", 1_013, 1],
      ["co2", "ppm", "skewed", 600, 0],
      ["vibration", "mm/s", "skewed", 1.2, 3],
      ["battery", "V", "around", 3.7, 2],
      ["rpm", null, "around", 1_480, 0],
    ],
    categories: [
      ["location", list("Hall A|Hall B|Roof|Cellar|Yard")],
      ["sensor", list("north-1|north-2|south-1|gate")],
      ["status", list("ok|warning|fault")],
    ],
    others: [
      ["sensor_id", "number"],
      ["firmware", "constant"],
      ["id", "counter"],
    ],
  },
  sales: {
    time: list("order_date|date|Date|Order Date|created_at|sold_on"),
    values: [
      ["quantity", null, "upTo", 40, 0],
      ["unit_price", "USD", "skewed", 24, 2],
      ["total_amount", "USD", "skewed", 310, 2],
      ["discount", "%", "upTo", 30, 0],
      ["shipping_cost", "USD", "around", 7.9, 2],
    ],
    categories: [
      ["product", list("Desk|Chair|Lamp|Shelf|Sofa|Stool|Table")],
      ["region", list("North|South|East|West")],
      ["payment", list("card|cash|transfer")],
      ["channel", list("web|store|phone")],
    ],
    others: [
      ["order_id", "number"],
      ["sku", "sku"],
      ["zip_code", "zeros"],
      ["comment", "prose"],
    ],
  },
  finance: {
    time: list("date|Date|trade_date|time|period"),
    values: [
      ["open", null, "walk", 120, 2],
      ["high", null, "walk", 124, 2],
      ["low", null, "walk", 117, 2],
      ["close", null, "walk", 121, 2],
      ["volume", null, "skewed", 1_200_000, 0],
      ["return_pct", null, "signed", 1.4, 4],
    ],
    categories: [
      ["symbol", list("ALFA|BRVO|CHRL|DLTA")],
      ["exchange", list("NY|LN|FR")],
      ["sector", list("Energy|Health|Retail|Banks")],
    ],
    others: [
      ["isin_code", "sku"],
      ["currency", "constant"],
    ],
  },
  web: {
    time: list("date|day|hour_start|timestamp|event_time"),
    values: [
      ["visits", null, "skewed", 900, 0],
      ["page_views", null, "skewed", 3_100, 0],
      ["bounce_rate", "%", "upTo", 90, 1],
      ["avg_session_seconds", null, "skewed", 140, 1],
      ["conversions", null, "sparse", 4, 0],
    ],
    categories: [
      ["source", list("organic|paid|mail|direct|social")],
      ["device", list("mobile|desktop|tablet")],
      ["country", list("DE|FR|ES|IT|US|BR")],
      ["browser", list("Firefox|Chrome|Safari")],
    ],
    others: [
      ["landing_url", "link"],
      ["session_id", "uuid"],
      ["is_new", "flag"],
    ],
  },
  energy: {
    time: list("timestamp|interval_start|Date|time|utc_time"),
    values: [
      ["load", "MW", "walk", 5_400, 1],
      ["generation", "MW", "walk", 5_100, 1],
      ["solar", "kWh", "sparse", 220, 2],
      ["meter_reading", "kWh", "meter", 12, 2],
      ["frequency", "Hz", "around", 50, 3],
      ["price", "EUR/MWh", "signed", 60, 2],
    ],
    categories: [
      ["plant", list("River|Hill|Coast")],
      ["fuel", list("gas|wind|hydro|solar")],
      ["zone", list("north|centre|south")],
    ],
    others: [
      ["meter_id", "number"],
      ["estimated", "flag"],
    ],
  },
  health: {
    time: list("date|visit_date|recorded_at|Date|datetime"),
    values: [
      ["heart_rate", "bpm", "around", 74, 0],
      ["systolic", "mmHg", "around", 124, 0],
      ["diastolic", "mmHg", "around", 80, 0],
      ["glucose", "mg/dL", "around", 99, 1],
      ["weight", "kg", "around", 76, 1],
      ["steps", null, "skewed", 6_400, 0],
    ],
    categories: [
      ["ward", list("A1|A2|B1|ICU")],
      ["sex", list("female|male")],
      ["diagnosis", list("asthma|diabetes|fracture|migraine|anaemia")],
    ],
    others: [
      ["patient_id", "number"],
      ["triage_level", "level"],
      ["notes", "prose"],
      ["smoker", "flag"],
    ],
  },
  staff: {
    time: list("hire_date|month|pay_date|date"),
    values: [
      ["salary", "EUR", "skewed", 3_900, 2],
      ["hours_worked", null, "around", 152, 1],
      ["overtime", null, "sparse", 6, 1],
      ["age", null, "around", 41, 0],
    ],
    categories: [
      ["department", list("Finance|Sales|Works|Legal|IT")],
      ["position", list("clerk|engineer|lead|trainee")],
      ["city", list("Lyon|Bremen|Porto|Turin")],
    ],
    others: [
      ["employee_number", "number"],
      ["grade", "level"],
      ["full_time", "flag"],
    ],
  },
  sport: {
    time: list("match_date|date|Date|kickoff|season_start"),
    values: [
      ["home_goals", null, "upTo", 6, 0],
      ["away_goals", null, "upTo", 5, 0],
      ["attendance", null, "skewed", 21_000, 0],
      ["possession", "%", "around", 50, 1],
      ["shots", null, "around", 13, 0],
    ],
    categories: [
      ["home_team", list("Rovers|United|City|Athletic|Wanderers|Albion")],
      ["away_team", list("Rovers|United|City|Athletic|Wanderers|Albion")],
      ["result", list("win|draw|loss")],
    ],
    others: [
      ["match_no", "counter"],
      ["rank", "counter"],
      ["report", "prose"],
    ],
  },
  transport: {
    time: list("departure_time|pickup_datetime|timestamp|date|start_time"),
    values: [
      ["distance", "km", "skewed", 8, 2],
      ["duration", "min", "skewed", 21, 1],
      ["fare", "$", "skewed", 14, 2],
      ["speed", "km/h", "around", 38, 1],
      ["passengers", null, "upTo", 6, 0],
      ["latitude", null, "around", 48.2, 6],
      ["longitude", null, "around", 11.5, 6],
    ],
    categories: [
      ["line", list("U1|U2|S8|Tram 4")],
      ["operator", list("Metro|City Bus|Regio")],
      ["direction", list("inbound|outbound")],
    ],
    others: [
      ["trip_id", "uuid"],
      ["vehicle_no", "number"],
      ["delayed", "flag"],
    ],
  },
  survey: {
    time: list("submitted_at|date|Timestamp|completed"),
    values: [
      ["score", null, "upTo", 100, 0],
      ["minutes_taken", null, "skewed", 9, 1],
      ["income", "USD", "skewed", 41_000, 0],
    ],
    categories: [
      ["age_group", list("18-24|25-39|40-59|60+")],
      ["opinion", list("agree|neutral|disagree")],
      ["region", list("north|south|coast")],
    ],
    others: [
      ["respondent", "counter"],
      ["q1", "level"],
      ["q2", "level"],
      ["q3", "level"],
      ["remarks", "prose"],
    ],
  },
  factory: {
    time: list("Zeitstempel|Datum|Zeit|Messzeit"),
    values: [
      ["Leistung", "kW", "walk", 340, 1],
      ["Temperatur", "°C", "walk", 64, 1],
      ["Druck", "bar", "around", 6.2, 2],
      ["Durchfluss", "l/min", "around", 118, 1],
      ["Ausschuss", null, "sparse", 3, 0],
    ],
    categories: [
      ["Anlage", list("Presse|Ofen|Linie 2|Linie 3")],
      ["Schicht", list("früh|spät|Nacht")],
      ["Zustand", list("läuft|steht|Störung")],
    ],
    others: [
      ["Auftrag_Nr", "number"],
      ["Bemerkung", "prose"],
    ],
  },
  commerce: {
    time: list("fecha|fecha_venta|date|data"),
    values: [
      ["cantidad", null, "upTo", 60, 0],
      ["precio", "€", "skewed", 18, 2],
      ["importe", "€", "skewed", 210, 2],
      ["iva", "%", "around", 21, 1],
    ],
    categories: [
      ["producto", list("Mesa|Silla|Lámpara|Cama")],
      ["tienda", list("Madrid|Sevilla|Bilbao|Málaga")],
      ["vendedor", list("Ana|Luis|Marta|Íñigo")],
    ],
    others: [
      ["código", "sku"],
      ["observaciones", "prose"],
    ],
  },
};
