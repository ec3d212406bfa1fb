"""Countries: inflected, prefixed, unspaced, and what only looks like one."""

import pytest
from babel import Locale
from written_articles import Make

from pipeline.annotate.gazetteer import english_name, load_gazetteer
from pipeline.annotate.places import find_places
from pipeline.annotate.words import words

SENTENCES = [
    (
        "ru",
        "Ведущую роль играют Индии и Филиппинах, теряют в США; растут Китай, Ирландия и Чехия.",
        "IN PH US CN IE CZ",
    ),
    ("fi", "Intiassa ja Filippiineillä tehdään, Yhdysvalloissa ja Tšekissä ostetaan.", "IN PH US CZ"),
    ("cs", "V Indii, na Filipínách, v Číně, v České republice a ve Spojených státech.", "IN PH CN CZ US"),
    ("et", "Indias ja Filipiinidel, Hiinas, Tšehhis, Iirimaal, USAs ja Venemaal.", "IN PH CN CZ IE US RU"),
    ("tr", "Hindistan'da ve Filipinler'de, Çin'de, ABD'de ve Türkiye’de.", "IN PH CN US TR"),
    ("ar", "تقدم الهند معظم الخدمات، والصين والفلبين، وفي روسيا وكذلك بالهند وللهند.", "IN CN PH RU IN IN"),
    ("he", "בהודו, סין ורוסיה.", "IN CN RU"),
    ("ja", "インドとフィリピンが提供し、中国とロシアも続く。インドネシアも米国も。", "IN PH CN RU ID US"),
    ("zh", "印度提供大部分服务，菲律宾、中国和印度尼西亚也在增长，美国失去工作。", "IN PH CN ID US"),
    ("zh", "印度與菲律賓領先，美國與中國緊隨其後。", "IN PH US CN"),
    ("ko", "인도는 앞서고 필리핀에서 성장한다. 중국과 미국에서.", "IN PH CN US"),
    ("hi", "भारत में और चीन, रूस तथा अमेरिका में।", "IN CN RU US"),
    ("bn", "ভারতে এবং চীন।", "IN CN"),
    ("ta", "இந்தியாவில் மற்றும் சீனாவில்.", "IN CN"),
    ("th", "อินเดียและฟิลิปปินส์ จีน รัสเซีย สหรัฐอเมริกา", "IN PH CN RU US"),
    ("el", "Στην Ινδία και στις Φιλιππίνες, της Κίνας, στις ΗΠΑ, των Ηνωμένων Πολιτειών.", "IN PH CN US US"),
    ("is", "Á Indlandi og Filippseyjum, í Kína, Bandaríkjunum, Írlandi og Tékklandi.", "IN PH CN US IE CZ"),
    ("pl", "W Indiach i na Filipinach, w Chinach, Czechach oraz Stanach Zjednoczonych.", "IN PH CN CZ US"),
    ("hu", "Indiában, a Fülöp-szigeteken, Kínában, az Egyesült Államokban.", "IN PH CN US"),
    ("lt", "Indijoje, Filipinuose, Kinijoje, JAV, Čekijoje.", "IN PH CN US CZ"),
    ("ka", "ინდოეთში და ფილიპინებში, ჩინეთი.", "IN PH CN"),
    ("hy", "Հնդկաստանում, Չինաստանում։", "IN CN"),
    ("sr", "U Indiji, na Filipinima.", "IN PH"),
    ("sr", "У Индији, у Кини, САД и Чешкој.", "IN CN US CZ"),
    (
        "de",
        "In Indien und auf den Philippinen, in der Tschechischen Republik und Großbritannien.",
        "IN PH CZ GB",
    ),
    ("fr", "L'Inde, aux Philippines, la République tchèque, aux États-Unis.", "IN PH CZ US"),
    ("es", "La India, Filipinas, EE. UU. y la República Checa.", "IN PH US CZ"),
    ("vi", "Ấn Độ và Philippines, Trung Quốc, Hoa Kỳ, Nga, Úc.", "IN PH CN US RU AU"),
    ("en", "They sit in Colombo and Manila, in Colombia and in the Philippines.", "CO PH"),
    ("fr", "Les équipes sont à l’île Maurice et à Madagascar.", "MU MG"),
    ("pl", "Pracują dla banków ze Szwajcarii i Niemiec, jak każdy Niemiec.", "CH DE"),
    ("en", "Providers sit in Turkey, Georgia and India; the U.K. and the US buy.", "TR GE IN GB US"),
    # Names of everyday use that CLDR has otherwise.
    ("en", "Banks in Hong Kong buy, and Myanmar is new.", "HK MM"),
    (
        "ru",
        "Заметную долю держат Польша, ЮАР и Гонконг, а в Мьянме и Голландии только начинают.",
        "PL ZA HK MM NL",
    ),
    ("uk", "Замовники з Великобританії, Голландії та ПАР, виконавці з М’янми.", "GB NL ZA MM"),
    ("ja", "近年はミャンマーと香港、豪州が伸びている。", "MM HK AU"),
    ("hi", "फ़िलीपींस और म्यांमार के बाद इंग्लैंड।", "PH MM GB"),
    ("de", "Kunden aus den Vereinigten Staaten, aus Hongkong und den VAE.", "US HK AE"),
    ("fi", "Hollannissa ja Arabiemiraateissa ostetaan.", "NL AE"),
    ("bg", "Клиенти от Великобритания, Холандия и ЮАР.", "GB NL ZA"),
    ("ka", "აშშ და დიდი ბრიტანეთი.", "US GB"),
    ("nl", "Uit de VS, het VK en de Emiraten.", "US GB AE"),
    ("pl", "Zamawiają firmy z USA i RPA.", "US ZA"),
]
PROVIDERS = "IN PH CN PL RO UA MX BR ZA EG VN MY LK CR AR BG HU MA TN MU US GB RU IE CZ IL"
FALSE_FRIENDS = [
    ("en", "Turkey is often eaten cold, and a jersey keeps Chad Smith of New Jersey warm.", ""),
    ("en", "The team sits in Atlanta, Georgia, USA.", "US"),
    ("en", "Ask us what indian ink, china cups and IN-house work cost.", ""),
    ("sv", "Man säger att Irländska bolag växer. De är nöjda.", ""),
    ("nb", "Man sier at det vokser.", ""),
    ("ar", "تحليل مالي في مصرف كبير.", ""),
    ("cs", "Malí zákazníci odcházejí do Číny.", "CN"),
    ("de", "Man sagt, der Iran-Kenner bleibe.", "IR"),
    ("vi", "Ngành này lớn nhanh.", ""),
    ("ko", "그리고 부탁하지 않았다.", ""),
    ("ar", "تقوم بالأعمال كلها.", ""),
    ("hi", "यह काम पर है, पेरू में नहीं।", "PE"),
    ("pl", "RPA i sztuczna inteligencja wypierają prostą pracę.", ""),
    ("cs", "Balíček JAR se stahuje sám.", ""),
    ("uk", "Пар і вода, пара за парою.", ""),
    ("ru", "Юара не видно.", ""),
]


def codes(lang: str, sentence: str, make: Make) -> str:
    article = make(lang, sentence)
    found = [words(segment.text) for segment in article.segments]
    mentions = find_places(article.segments, found, load_gazetteer(lang))
    for mention in mentions:
        assert mention.span.of(article.document.text) == mention.text
    return " ".join(mention.target for mention in mentions)


@pytest.mark.parametrize(("lang", "sentence", "expected"), SENTENCES)
def test_finds_countries_in_any_form(lang: str, sentence: str, expected: str, make: Make) -> None:
    assert codes(lang, sentence, make) == expected


@pytest.mark.parametrize(("lang", "sentence", "expected"), FALSE_FRIENDS)
def test_takes_no_everyday_word_for_a_country(lang: str, sentence: str, expected: str, make: Make) -> None:
    assert codes(lang, sentence, make) == expected


def test_a_list_of_countries_vouches_for_ambiguous_ones(make: Make) -> None:
    article = make("en", "India", "Georgia", "Jordan", kind="item")
    found = [words(segment.text) for segment in article.segments]
    mentions = find_places(article.segments, found, load_gazetteer("en"))
    assert [mention.target for mention in mentions] == ["IN", "GE", "JO"]


def test_a_language_that_cldr_lacks_still_reads_english_names(make: Make) -> None:
    assert codes("qya", "Nurtale India ar China.", make) == "IN CN"


def test_english_names_come_from_cldr() -> None:
    assert english_name("CZ") == "Czechia"
    assert english_name("??") == "??"


@pytest.mark.parametrize("lang", ["ja", "zh", "ko", "th", "kn", "te", "si", "ta", "uz", "zu", "mt", "am"])
def test_every_cldr_name_of_a_provider_is_read_in_its_language(lang: str, make: Make) -> None:
    names = Locale(lang).territories
    wanted = {code: names[code] for code in PROVIDERS.split() if code in names}
    assert set(codes(lang, f"{', '.join(wanted.values())}.", make).split()) == set(wanted)
