"""The tables that XSD's regular expressions name: blocks and name characters.

Code points are hexadecimal, ranges include both ends. They are parsed when first asked for; most
patterns never ask.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BLOCKS", "BLOCK_ALIASES", "FURTHER_NAME_CHARACTERS", "INITIAL_NAME_CHARACTERS"]

INITIAL_NAME_CHARACTERS: Final = """
3a 41-5a 5f 61-7a c0-d6 d8-f6 f8-131 134-13e 141-148 14a-17e 180-1c3 1cd-1f0 1f4-1f5 1fa-217 250-2a8
2bb-2c1 386 388-38a 38c 38e-3a1 3a3-3ce 3d0-3d6 3da 3dc 3de 3e0 3e2-3f3 401-40c 40e-44f 451-45c 45e-481
490-4c4 4c7-4c8 4cb-4cc 4d0-4eb 4ee-4f5 4f8-4f9 531-556 559 561-586 5d0-5ea 5f0-5f2 621-63a 641-64a
671-6b7 6ba-6be 6c0-6ce 6d0-6d3 6d5 6e5-6e6 905-939 93d 958-961 985-98c 98f-990 993-9a8 9aa-9b0 9b2
9b6-9b9 9dc-9dd 9df-9e1 9f0-9f1 a05-a0a a0f-a10 a13-a28 a2a-a30 a32-a33 a35-a36 a38-a39 a59-a5c a5e
a72-a74 a85-a8b a8d a8f-a91 a93-aa8 aaa-ab0 ab2-ab3 ab5-ab9 abd ae0 b05-b0c b0f-b10 b13-b28 b2a-b30
b32-b33 b36-b39 b3d b5c-b5d b5f-b61 b85-b8a b8e-b90 b92-b95 b99-b9a b9c b9e-b9f ba3-ba4 ba8-baa bae-bb5
bb7-bb9 c05-c0c c0e-c10 c12-c28 c2a-c33 c35-c39 c60-c61 c85-c8c c8e-c90 c92-ca8 caa-cb3 cb5-cb9 cde
ce0-ce1 d05-d0c d0e-d10 d12-d28 d2a-d39 d60-d61 e01-e2e e30 e32-e33 e40-e45 e81-e82 e84 e87-e88 e8a e8d
e94-e97 e99-e9f ea1-ea3 ea5 ea7 eaa-eab ead-eae eb0 eb2-eb3 ebd ec0-ec4 f40-f47 f49-f69 10a0-10c5
10d0-10f6 1100 1102-1103 1105-1107 1109 110b-110c 110e-1112 113c 113e 1140 114c 114e 1150 1154-1155 1159
115f-1161 1163 1165 1167 1169 116d-116e 1172-1173 1175 119e 11a8 11ab 11ae-11af 11b7-11b8 11ba 11bc-11c2
11eb 11f0 11f9 1e00-1e9b 1ea0-1ef9 1f00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d
1f5f-1f7d 1f80-1fb4 1fb6-1fbc 1fbe 1fc2-1fc4 1fc6-1fcc 1fd0-1fd3 1fd6-1fdb 1fe0-1fec 1ff2-1ff4 1ff6-1ffc
2126 212a-212b 212e 2180-2182 3007 3021-3029 3041-3094 30a1-30fa 3105-312c 4e00-9fa5 ac00-d7a3
"""
"""What ``\\i`` means: Letter, ``_`` and ``:`` of XML 1.0 (Second Edition), appendix B.

XSD 1.0 refers to that edition; the fifth one, which allows nearly everything, came later.
"""

FURTHER_NAME_CHARACTERS: Final = """
2d-2e 30-39 b7 2d0-2d1 300-345 360-361 387 483-486 591-5a1 5a3-5b9 5bb-5bd 5bf 5c1-5c2 5c4 640 64b-652
660-669 670 6d6-6e4 6e7-6e8 6ea-6ed 6f0-6f9 901-903 93c 93e-94d 951-954 962-963 966-96f 981-983 9bc
9be-9c4 9c7-9c8 9cb-9cd 9d7 9e2-9e3 9e6-9ef a02 a3c a3e-a42 a47-a48 a4b-a4d a66-a71 a81-a83 abc abe-ac5
ac7-ac9 acb-acd ae6-aef b01-b03 b3c b3e-b43 b47-b48 b4b-b4d b56-b57 b66-b6f b82-b83 bbe-bc2 bc6-bc8
bca-bcd bd7 be7-bef c01-c03 c3e-c44 c46-c48 c4a-c4d c55-c56 c66-c6f c82-c83 cbe-cc4 cc6-cc8 cca-ccd
cd5-cd6 ce6-cef d02-d03 d3e-d43 d46-d48 d4a-d4d d57 d66-d6f e31 e34-e3a e46-e4e e50-e59 eb1 eb4-eb9
ebb-ebc ec6 ec8-ecd ed0-ed9 f18-f19 f20-f29 f35 f37 f39 f3e-f3f f71-f84 f86-f8b f90-f95 f97 f99-fad
fb1-fb7 fb9 20d0-20dc 20e1 3005 302a-302f 3031-3035 3099-309a 309d-309e 30fc-30fe
"""
"""What ``\\c`` has beyond ``\\i``: Digit, CombiningChar, Extender, ``.`` and ``-``."""

BLOCKS: Final = """
BasicLatin=0000-007f Latin-1Supplement=0080-00ff LatinExtended-A=0100-017f LatinExtended-B=0180-024f
IPAExtensions=0250-02af SpacingModifierLetters=02b0-02ff CombiningDiacriticalMarks=0300-036f
GreekandCoptic=0370-03ff Cyrillic=0400-04ff CyrillicSupplement=0500-052f Armenian=0530-058f
Hebrew=0590-05ff Arabic=0600-06ff Syriac=0700-074f ArabicSupplement=0750-077f Thaana=0780-07bf
NKo=07c0-07ff Samaritan=0800-083f Mandaic=0840-085f SyriacSupplement=0860-086f
ArabicExtended-B=0870-089f ArabicExtended-A=08a0-08ff Devanagari=0900-097f Bengali=0980-09ff
Gurmukhi=0a00-0a7f Gujarati=0a80-0aff Oriya=0b00-0b7f Tamil=0b80-0bff Telugu=0c00-0c7f Kannada=0c80-0cff
Malayalam=0d00-0d7f Sinhala=0d80-0dff Thai=0e00-0e7f Lao=0e80-0eff Tibetan=0f00-0fff Myanmar=1000-109f
Georgian=10a0-10ff HangulJamo=1100-11ff Ethiopic=1200-137f EthiopicSupplement=1380-139f
Cherokee=13a0-13ff UnifiedCanadianAboriginalSyllabics=1400-167f Ogham=1680-169f Runic=16a0-16ff
Tagalog=1700-171f Hanunoo=1720-173f Buhid=1740-175f Tagbanwa=1760-177f Khmer=1780-17ff
Mongolian=1800-18af UnifiedCanadianAboriginalSyllabicsExtended=18b0-18ff Limbu=1900-194f TaiLe=1950-197f
NewTaiLue=1980-19df KhmerSymbols=19e0-19ff Buginese=1a00-1a1f TaiTham=1a20-1aaf
CombiningDiacriticalMarksExtended=1ab0-1aff Balinese=1b00-1b7f Sundanese=1b80-1bbf Batak=1bc0-1bff
Lepcha=1c00-1c4f OlChiki=1c50-1c7f CyrillicExtended-C=1c80-1c8f GeorgianExtended=1c90-1cbf
SundaneseSupplement=1cc0-1ccf VedicExtensions=1cd0-1cff PhoneticExtensions=1d00-1d7f
PhoneticExtensionsSupplement=1d80-1dbf CombiningDiacriticalMarksSupplement=1dc0-1dff
LatinExtendedAdditional=1e00-1eff GreekExtended=1f00-1fff GeneralPunctuation=2000-206f
SuperscriptsandSubscripts=2070-209f CurrencySymbols=20a0-20cf
CombiningDiacriticalMarksforSymbols=20d0-20ff LetterlikeSymbols=2100-214f NumberForms=2150-218f
Arrows=2190-21ff MathematicalOperators=2200-22ff MiscellaneousTechnical=2300-23ff
ControlPictures=2400-243f OpticalCharacterRecognition=2440-245f EnclosedAlphanumerics=2460-24ff
BoxDrawing=2500-257f BlockElements=2580-259f GeometricShapes=25a0-25ff MiscellaneousSymbols=2600-26ff
Dingbats=2700-27bf MiscellaneousMathematicalSymbols-A=27c0-27ef SupplementalArrows-A=27f0-27ff
BraillePatterns=2800-28ff SupplementalArrows-B=2900-297f MiscellaneousMathematicalSymbols-B=2980-29ff
SupplementalMathematicalOperators=2a00-2aff MiscellaneousSymbolsandArrows=2b00-2bff Glagolitic=2c00-2c5f
LatinExtended-C=2c60-2c7f Coptic=2c80-2cff GeorgianSupplement=2d00-2d2f Tifinagh=2d30-2d7f
EthiopicExtended=2d80-2ddf CyrillicExtended-A=2de0-2dff SupplementalPunctuation=2e00-2e7f
CJKRadicalsSupplement=2e80-2eff KangxiRadicals=2f00-2fdf IdeographicDescriptionCharacters=2ff0-2fff
CJKSymbolsandPunctuation=3000-303f Hiragana=3040-309f Katakana=30a0-30ff Bopomofo=3100-312f
HangulCompatibilityJamo=3130-318f Kanbun=3190-319f BopomofoExtended=31a0-31bf CJKStrokes=31c0-31ef
KatakanaPhoneticExtensions=31f0-31ff EnclosedCJKLettersandMonths=3200-32ff CJKCompatibility=3300-33ff
CJKUnifiedIdeographsExtensionA=3400-4dbf YijingHexagramSymbols=4dc0-4dff CJKUnifiedIdeographs=4e00-9fff
YiSyllables=a000-a48f YiRadicals=a490-a4cf Lisu=a4d0-a4ff Vai=a500-a63f CyrillicExtended-B=a640-a69f
Bamum=a6a0-a6ff ModifierToneLetters=a700-a71f LatinExtended-D=a720-a7ff SylotiNagri=a800-a82f
CommonIndicNumberForms=a830-a83f Phags-pa=a840-a87f Saurashtra=a880-a8df DevanagariExtended=a8e0-a8ff
KayahLi=a900-a92f Rejang=a930-a95f HangulJamoExtended-A=a960-a97f Javanese=a980-a9df
MyanmarExtended-B=a9e0-a9ff Cham=aa00-aa5f MyanmarExtended-A=aa60-aa7f TaiViet=aa80-aadf
MeeteiMayekExtensions=aae0-aaff EthiopicExtended-A=ab00-ab2f LatinExtended-E=ab30-ab6f
CherokeeSupplement=ab70-abbf MeeteiMayek=abc0-abff HangulSyllables=ac00-d7af
HangulJamoExtended-B=d7b0-d7ff PrivateUseArea=e000-f8ff CJKCompatibilityIdeographs=f900-faff
AlphabeticPresentationForms=fb00-fb4f ArabicPresentationForms-A=fb50-fdff VariationSelectors=fe00-fe0f
VerticalForms=fe10-fe1f CombiningHalfMarks=fe20-fe2f CJKCompatibilityForms=fe30-fe4f
SmallFormVariants=fe50-fe6f ArabicPresentationForms-B=fe70-feff HalfwidthandFullwidthForms=ff00-ffef
Specials=fff0-ffff LinearBSyllabary=10000-1007f LinearBIdeograms=10080-100ff AegeanNumbers=10100-1013f
AncientGreekNumbers=10140-1018f AncientSymbols=10190-101cf PhaistosDisc=101d0-101ff Lycian=10280-1029f
Carian=102a0-102df CopticEpactNumbers=102e0-102ff OldItalic=10300-1032f Gothic=10330-1034f
OldPermic=10350-1037f Ugaritic=10380-1039f OldPersian=103a0-103df Deseret=10400-1044f
Shavian=10450-1047f Osmanya=10480-104af Osage=104b0-104ff Elbasan=10500-1052f
CaucasianAlbanian=10530-1056f Vithkuqi=10570-105bf LinearA=10600-1077f LatinExtended-F=10780-107bf
CypriotSyllabary=10800-1083f ImperialAramaic=10840-1085f Palmyrene=10860-1087f Nabataean=10880-108af
Hatran=108e0-108ff Phoenician=10900-1091f Lydian=10920-1093f MeroiticHieroglyphs=10980-1099f
MeroiticCursive=109a0-109ff Kharoshthi=10a00-10a5f OldSouthArabian=10a60-10a7f
OldNorthArabian=10a80-10a9f Manichaean=10ac0-10aff Avestan=10b00-10b3f InscriptionalParthian=10b40-10b5f
InscriptionalPahlavi=10b60-10b7f PsalterPahlavi=10b80-10baf OldTurkic=10c00-10c4f
OldHungarian=10c80-10cff HanifiRohingya=10d00-10d3f RumiNumeralSymbols=10e60-10e7f Yezidi=10e80-10ebf
OldSogdian=10f00-10f2f Sogdian=10f30-10f6f OldUyghur=10f70-10faf Chorasmian=10fb0-10fdf
Elymaic=10fe0-10fff Brahmi=11000-1107f Kaithi=11080-110cf SoraSompeng=110d0-110ff Chakma=11100-1114f
Mahajani=11150-1117f Sharada=11180-111df SinhalaArchaicNumbers=111e0-111ff Khojki=11200-1124f
Multani=11280-112af Khudawadi=112b0-112ff Grantha=11300-1137f Newa=11400-1147f Tirhuta=11480-114df
Siddham=11580-115ff Modi=11600-1165f MongolianSupplement=11660-1167f Takri=11680-116cf Ahom=11700-1174f
Dogra=11800-1184f WarangCiti=118a0-118ff DivesAkuru=11900-1195f Nandinagari=119a0-119ff
ZanabazarSquare=11a00-11a4f Soyombo=11a50-11aaf UnifiedCanadianAboriginalSyllabicsExtended-A=11ab0-11abf
PauCinHau=11ac0-11aff Bhaiksuki=11c00-11c6f Marchen=11c70-11cbf MasaramGondi=11d00-11d5f
GunjalaGondi=11d60-11daf Makasar=11ee0-11eff LisuSupplement=11fb0-11fbf TamilSupplement=11fc0-11fff
Cuneiform=12000-123ff CuneiformNumbersandPunctuation=12400-1247f EarlyDynasticCuneiform=12480-1254f
Cypro-Minoan=12f90-12fff EgyptianHieroglyphs=13000-1342f EgyptianHieroglyphFormatControls=13430-1343f
AnatolianHieroglyphs=14400-1467f BamumSupplement=16800-16a3f Mro=16a40-16a6f Tangsa=16a70-16acf
BassaVah=16ad0-16aff PahawhHmong=16b00-16b8f Medefaidrin=16e40-16e9f Miao=16f00-16f9f
IdeographicSymbolsandPunctuation=16fe0-16fff Tangut=17000-187ff TangutComponents=18800-18aff
KhitanSmallScript=18b00-18cff TangutSupplement=18d00-18d7f KanaExtended-B=1aff0-1afff
KanaSupplement=1b000-1b0ff KanaExtended-A=1b100-1b12f SmallKanaExtension=1b130-1b16f Nushu=1b170-1b2ff
Duployan=1bc00-1bc9f ShorthandFormatControls=1bca0-1bcaf ZnamennyMusicalNotation=1cf00-1cfcf
ByzantineMusicalSymbols=1d000-1d0ff MusicalSymbols=1d100-1d1ff AncientGreekMusicalNotation=1d200-1d24f
MayanNumerals=1d2e0-1d2ff TaiXuanJingSymbols=1d300-1d35f CountingRodNumerals=1d360-1d37f
MathematicalAlphanumericSymbols=1d400-1d7ff SuttonSignWriting=1d800-1daaf LatinExtended-G=1df00-1dfff
GlagoliticSupplement=1e000-1e02f NyiakengPuachueHmong=1e100-1e14f Toto=1e290-1e2bf Wancho=1e2c0-1e2ff
EthiopicExtended-B=1e7e0-1e7ff MendeKikakui=1e800-1e8df Adlam=1e900-1e95f IndicSiyaqNumbers=1ec70-1ecbf
OttomanSiyaqNumbers=1ed00-1ed4f ArabicMathematicalAlphabeticSymbols=1ee00-1eeff MahjongTiles=1f000-1f02f
DominoTiles=1f030-1f09f PlayingCards=1f0a0-1f0ff EnclosedAlphanumericSupplement=1f100-1f1ff
EnclosedIdeographicSupplement=1f200-1f2ff MiscellaneousSymbolsandPictographs=1f300-1f5ff
Emoticons=1f600-1f64f OrnamentalDingbats=1f650-1f67f TransportandMapSymbols=1f680-1f6ff
AlchemicalSymbols=1f700-1f77f GeometricShapesExtended=1f780-1f7ff SupplementalArrows-C=1f800-1f8ff
SupplementalSymbolsandPictographs=1f900-1f9ff ChessSymbols=1fa00-1fa6f
SymbolsandPictographsExtended-A=1fa70-1faff SymbolsforLegacyComputing=1fb00-1fbff
CJKUnifiedIdeographsExtensionB=20000-2a6df CJKUnifiedIdeographsExtensionC=2a700-2b73f
CJKUnifiedIdeographsExtensionD=2b740-2b81f CJKUnifiedIdeographsExtensionE=2b820-2ceaf
CJKUnifiedIdeographsExtensionF=2ceb0-2ebef CJKCompatibilityIdeographsSupplement=2f800-2fa1f
CJKUnifiedIdeographsExtensionG=30000-3134f Tags=e0000-e007f VariationSelectorsSupplement=e0100-e01ef
SupplementaryPrivateUseArea-A=f0000-fffff SupplementaryPrivateUseArea-B=100000-10ffff
"""
"""The blocks of Unicode 14 but for the surrogates, names written as after ``Is`` in ``\\p{Is..}``."""

BLOCK_ALIASES: Final = {
    "Greek": ("GreekandCoptic",),
    "CombiningMarksforSymbols": ("CombiningDiacriticalMarksforSymbols",),
    "PrivateUse": (
        "PrivateUseArea",
        "SupplementaryPrivateUseArea-A",
        "SupplementaryPrivateUseArea-B",
    ),
}
"""Names of XSD 1.0 section F.1.1 that Unicode has changed since."""
