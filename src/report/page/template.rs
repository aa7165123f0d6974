//! The page's document. Whatever comes from the answer is escaped; style and script are ours and stand as they are.

use askama::Template;

use super::timeline::Timeline;
use super::transcript::Sentence;
use super::{Interrupted, Measure, Phrase};

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{{ policy|safe }}">
<meta name="referrer" content="no-referrer">
<title>{{ title }} – cutlist</title>
<style>{{ style|safe }}</style>
</head>
<body>
<div class="sheet">
<header class="head">
<h1>{{ title }}</h1>
<p class="about">{{ about }}</p>
<ul class="gist">{% for line in gist %}<li>{{ line }}</li>{% endfor %}</ul>
</header>

<main>
<section class="listen" aria-labelledby="listen">
<h2 id="listen" class="sr">Listen</h2>
{% if let Some(source) = sound_source %}<audio id="sound" controls preload="auto" src="{{ source }}"></audio>
<div class="controls needs-script">
<button type="button" id="play-cut" class="first">Play the cut answer</button>
<button type="button" id="play">Play the answer</button>
<span id="clock" class="clock" aria-hidden="true"></span>
</div>{% endif %}
{% if let Some(note) = sound_note %}<p class="soft">{{ note }}</p>{% endif %}
{% if let Some(t) = timeline %}<div class="timeline{% if !t.has_sound %} silent{% endif %}">
<div class="lanes" aria-hidden="true"><span class="l-verdicts">sentences</span><span class="l-fillers">fillers</span><span class="l-vague">vague</span><span class="l-metrics">metrics</span><span class="l-pauses">pauses</span></div>
<div class="track">
<svg class="all" id="timeline" role="img" aria-label="{{ t.says }}">
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>
<g{% if !t.has_sound %} transform="translate(0 -72)"{% endif %}>
{% for piece in t.pieces %}<g class="{% if piece.sentence.is_some() %}piece {% endif %}{{ piece.class }}"{% if let Some(i) = piece.sentence %} data-piece="{{ i }}"{% endif %}>{% for bar in piece.bars %}<rect class="bar" x="{{ bar.x }}%" y="{{ bar.y }}" width="{{ bar.width }}%" height="{{ bar.height }}"/>{% endfor %}{% if piece.sentence.is_some() %}<rect class="block" x="{{ piece.x }}%" y="99" width="{{ piece.width }}%" height="16" rx="2"><title>{{ piece.title }}</title></rect>{% if let Some(number) = piece.number %}<text class="number" x="{{ piece.middle }}%" y="111">{{ number }}</text>{% endif %}{% endif %}</g>
{% endfor %}{% for y in [132, 150, 168, 186] %}<line class="rule" x1="0" x2="100%" y1="{{ y }}" y2="{{ y }}"/>{% endfor %}
{% for tick in t.fillers %}<rect class="mark-filler" x="{{ tick.x }}%" width="{{ tick.width }}%" y="127" height="10" rx="1"><title>{{ tick.says }}</title></rect>{% endfor %}
{% for tick in t.vague %}<rect class="mark-vague" x="{{ tick.x }}%" width="{{ tick.width }}%" y="147" height="6" rx="3"><title>{{ tick.says }}</title></rect>{% endfor %}
{% for tick in t.metrics %}<rect class="mark-metric" x="{{ tick.x }}%" width="{{ tick.width }}%" y="163" height="10" rx="5"><title>{{ tick.says }}</title></rect>{% endfor %}
{% for tick in t.pauses %}<rect class="mark-pause" x="{{ tick.x }}%" width="{{ tick.width }}%" y="182" height="8"><title>{{ tick.says }}</title></rect>{% endfor %}
{% for label in t.axis %}<text class="axis" x="{{ label.x }}%" y="211" text-anchor="{{ label.anchor }}">{{ label.text }}</text>{% endfor %}
{% if let Some(flag) = t.conclusion %}<line class="flag" x1="{{ flag.x }}%" x2="{{ flag.x }}%" y1="{% if t.has_sound %}2{% else %}74{% endif %}" y2="115"/><text class="flag-text" x="{{ flag.text_x }}%" y="{% if t.has_sound %}13{% else %}85{% endif %}" text-anchor="{{ flag.anchor }}">conclusion</text>{% endif %}
{% if sound_source.is_some() %}<line id="playhead" class="playhead" x1="0" x2="0" y1="18" y2="196"/>{% endif %}
</g>
</svg>
{% if sound_source.is_some() %}<input type="range" id="position" min="0" max="{{ t.duration }}" step="0.1" value="0" aria-label="Position in the answer">{% endif %}
</div>
</div>
<ul class="legend">
<li><span class="verdict keep">Solid</span>: keep</li><li><span class="verdict trim">hatched</span>: trim</li><li><span class="verdict cut">dashed</span>: cut</li>
<li><span class="f">filler</span> {{ t.fillers.len() }}</li><li><span class="v">vague</span> {{ t.vague.len() }}</li><li><span class="m">metric</span> {{ t.metrics.len() }}</li><li><span class="pause"></span>{{ t.pauses.len() }} pause{% if t.pauses.len() != 1 %}s{% endif %} of 0.7 s or more</li>
</ul>
{% if sound_source.is_some() %}<p class="hint needs-script">Click the drawing or a word to hear it from there; the space bar plays and pauses.</p>{% endif %}
{% else %}<p class="soft">There are no times in it either, so there is no drawing.</p>{% endif %}
</section>

<div class="columns">
<section aria-labelledby="cut-list">
<h2 id="cut-list">The cut list</h2>
<ol class="list" id="sentences">
{% for s in sentences %}<li class="sentence" id="s{{ s.number }}" data-verdict="{{ s.verdict }}">
<div class="where"><span class="n"><span class="sr">Sentence </span>{{ s.number }}</span>{% if let Some(at) = s.at %}<span class="at{% if sound_source.is_some() %} without-script{% endif %}">{{ at }}</span>{% if sound_source.is_some() %}<button type="button" data-from="{{ s.from }}"><span class="sr">Hear it from </span>{{ at }}</button>{% endif %}{% endif %}</div>
<div>
{% if s.is_conclusion %}<p class="flagged">Your conclusion</p>{% endif %}
<p class="said">{% for run in s.runs %}{% if run.class.is_empty() %}{% for w in run.words %}<span class="w{% if w.is_gone %} gone{% endif %}" data-w="{{ w.index }}">{{ w.text }}</span>{% if !loop.last %} {% endif %}{% endfor %}{% else %}<span class="{{ run.class }}" title="{{ run.title }}">{% for w in run.words %}<span class="w{% if w.is_gone %} gone{% endif %}" data-w="{{ w.index }}">{{ w.text }}</span>{% if !loop.last %} {% endif %}{% endfor %}<span class="sr"> ({{ run.aloud }})</span></span>{% endif %}{% if !loop.last %} {% endif %}{% endfor %}</p>
<div class="ruling"><span class="verdict {{ s.verdict }} without-script">{{ s.verdict_label }}</span>
<fieldset><legend class="sr">Verdict on sentence {{ s.number }}</legend>{% for o in s.options %}<label class="{{ o.name }}"><input type="radio" name="v{{ s.index }}" value="{{ o.name }}"{% if o.is_chosen %} checked{% endif %}>{{ o.label }}</label>{% endfor %}</fieldset>
<span class="yours"></span></div>
{% if !s.why.is_empty() %}<p class="why">{{ s.why }}</p>{% endif %}
</div>
</li>
{% endfor %}</ol>
</section>

<div class="side">
<section class="result" aria-labelledby="result">
<h2 id="result">The answer that is left</h2>
<p class="length" id="length">{{ length }}</p>
<div class="text" id="tightened" tabindex="0" role="group" aria-label="The words that are left">{% for text in tightened %}<p>{{ text }}</p>{% endfor %}{% if tightened.is_empty() %}<p>Nothing is left: no sentence of this answer changes the judgment.</p>{% endif %}</div>
<div class="tools needs-script"><button type="button" id="copy">Copy</button><button type="button" id="undo" disabled>Back to the tool's verdicts</button></div>
<p class="sr" id="told" role="status"></p>
{% if !fitting.is_empty() %}<ul class="plain">{% for line in fitting %}<li>{{ line }}</li>{% endfor %}</ul>{% endif %}
</section>
<section aria-labelledby="measures">
<h2 id="measures">Measures</h2>
<div class="measures">
{% for m in measures %}<dl class="measure"><dt>{{ m.name }}{% if !m.grade.is_empty() %} <span class="grade {{ m.class }}">{{ m.grade }}</span>{% endif %}</dt><dd class="figure">{{ m.figure }}</dd>{% if !m.note.is_empty() %}<dd class="note">{{ m.note }}</dd>{% endif %}</dl>
{% endfor %}</div>
</section>
</div>
</div>

<div class="below">
{% if !stretches.is_empty() %}<section><h2>Under interruption</h2><ul class="plain">{% for s in stretches %}<li><b>{{ s.at }}</b> <q>{{ s.asked }}</q>{% for line in s.lines %}<br><span class="soft">{{ line }}</span>{% endfor %}</li>{% endfor %}</ul></section>{% endif %}
{% if !questions.is_empty() %}<section><h2>The interviewer will ask</h2><ul class="plain">{% for q in questions %}<li>{{ q }}</li>{% endfor %}</ul></section>{% endif %}
{% if !vague.is_empty() %}<section><h2>Vague phrases</h2><ul class="plain">{% for p in vague %}<li><q>{{ p.text }}</q> <span class="soft">{{ p.asks }}</span></li>{% endfor %}</ul></section>{% endif %}
{% if !metrics.is_empty() %}<section><h2>Metrics</h2><ul class="plain">{% for p in metrics %}<li><q>{{ p.text }}</q> <span class="soft">{{ p.asks }}</span></li>{% endfor %}</ul></section>{% endif %}
{% if !warnings.is_empty() %}<section><h2>Mind</h2><ul class="plain">{% for w in warnings %}<li>{{ w }}</li>{% endfor %}</ul></section>{% endif %}
</div>
</main>
<footer class="foot"><p>{{ foot }}</p></footer>
</div>
<script type="application/json" id="answer">{{ answer|safe }}</script>
<script>{{ script|safe }}</script>
</body>
</html>
"##
)]
pub(super) struct Page {
    pub policy: String,
    pub style: String,
    pub script: String,
    pub answer: String,
    pub title: String,
    pub about: String,
    pub gist: Vec<String>,
    pub sound_source: Option<String>,
    pub sound_note: Option<String>,
    pub timeline: Option<Timeline>,
    pub sentences: Vec<Sentence>,
    pub length: String,
    pub tightened: Vec<String>,
    pub fitting: Vec<String>,
    pub measures: Vec<Measure>,
    pub questions: Vec<&'static str>,
    pub vague: Vec<Phrase>,
    pub metrics: Vec<Phrase>,
    pub stretches: Vec<Interrupted>,
    pub warnings: Vec<String>,
    pub foot: String,
}
