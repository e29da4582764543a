"""The phrases that the owner of a voice is asked to sing. Data only: five in each language (suno.md 2A.8)."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Seven silver sails are leaving the harbour tonight",
        "Warm light falls through the window and over the floor",
        "Every river remembers the mountain it came from",
        "We sang by the fire until the morning was blue",
        "Slow is the snow on the roofs of the sleeping town",
    ),
    "zh": (
        "今晚七艘银色的帆船驶出港湾",
        "温暖的光穿过窗户落在地板上",
        "每条河流都记得它来自的山",
        "我们在火边歌唱直到天色发蓝",
        "雪慢慢落在沉睡小镇的屋顶",
    ),
    "es": (
        "Siete velas de plata dejan el puerto esta noche",
        "La luz tibia cae por la ventana sobre el suelo",
        "Cada río recuerda la montaña de donde vino",
        "Cantamos junto al fuego hasta el azul de la mañana",
        "Lenta cae la noche sobre los tejados del pueblo dormido",
    ),
    "fr": (
        "Sept voiles d'argent quittent le port cette nuit",
        "La lumière tiède tombe par la fenêtre sur le sol",
        "Chaque rivière se souvient de sa montagne",
        "Nous chantions près du feu jusqu'au matin bleu",
        "La neige est lente sur les toits du village endormi",
    ),
    "pt": (
        "Sete velas de prata deixam o porto esta noite",
        "A luz morna cai pela janela sobre o chão",
        "Cada rio se lembra da montanha de onde veio",
        "Cantamos junto ao fogo até a manhã ficar azul",
        "Lenta é a neve nos telhados da vila adormecida",
    ),
    "de": (
        "Sieben silberne Segel verlassen heute Nacht den Hafen",
        "Warmes Licht fällt durch das Fenster auf den Boden",
        "Jeder Fluss erinnert sich an seinen Berg",
        "Wir sangen am Feuer, bis der Morgen blau war",
        "Langsam fällt der Schnee auf die Dächer der Stadt",
    ),
    "ja": (
        "七つの銀の帆が今夜港を出ていく",
        "暖かい光が窓から床にこぼれる",
        "どの川も生まれた山を覚えている",
        "朝が青くなるまで火のそばで歌った",
        "眠る町の屋根に雪がゆっくり積もる",
    ),
    "ko": (
        "일곱 개의 은빛 돛이 오늘 밤 항구를 떠나네",
        "따뜻한 빛이 창문을 지나 바닥에 내려앉네",
        "모든 강은 자기가 떠나온 산을 기억하네",
        "아침이 파래질 때까지 우리는 불가에서 노래했네",
        "잠든 마을 지붕 위로 눈이 천천히 내리네",
    ),
    "hi": (
        "आज रात सात चाँदी के पाल बंदरगाह छोड़ते हैं",
        "गुनगुनी रोशनी खिड़की से फ़र्श पर गिरती है",
        "हर नदी को अपना पहाड़ याद रहता है",
        "हम आग के पास नीली सुबह तक गाते रहे",
        "सोए हुए शहर की छतों पर धीमी बर्फ़ गिरती है",
    ),
    "ru": (
        "Семь серебряных парусов уходят ночью в море",
        "Тёплый свет из окна ложится на пол",
        "Каждая река помнит вершину, где родилась",
        "Мы пели возле костра, пока утро не стало синим",
        "Медленно падает снег на крыши спящего города",
    ),
}
USUAL = "en"
