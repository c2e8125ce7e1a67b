/* test-html-spans.h - HTML as mail programs write it, and what it marks. */
{ "<div>a</div><div class=\"gmail_quote gmail_quote_container\"><div class=\"gmail_attr\">On 1 May "
  "Ann wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px "
  "#ccc solid\"><div>b</div></blockquote></div>",
  "attribution gmail [On 1 May Ann wrote:] quote gmail [> b]", "Gmail" },
{ "<div class=\"gmail_extra\">a<br><div class=\"gmail_signature\">Ann</div><div "
  "class=\"gmail_quote\">On 1 May Ben wrote:<br><blockquote class=\"gmail_quote\">b</blockquote>"
  "</div></div>",
  "signature gmail [Ann] attribution gmail [On 1 May Ben wrote:] quote gmail [> b]",
  "Gmail of old: what is extra is not all quoted" },
{ "<div class=\"gmail_quote\"><div class=\"gmail_attr\">Ann wrote:</div><blockquote "
  "class=\"gmail_quote\">b</blockquote><div>yes</div><blockquote class=\"gmail_quote\">c"
  "</blockquote></div>",
  "attribution gmail [Ann wrote:] quote gmail [> b] quote gmail [> c]",
  "an answer between the quotes" },
{ "a<div class=\"gmail_quote\"><div class=\"gmail_attr\">---------- Forwarded message ---------<br>"
  "From: <b>Ann</b><br>Date: Mon<br>Subject: b<br>To: Ben<br></div>c<blockquote "
  "class=\"gmail_quote\">d</blockquote></div>",
  "forward gmail [---------- Forwarded message ---------\nFrom: Ann\nDate: Mon\nSubject: b\n"
  "To: Ben\nc\n\n> d] header gmail [---------- Forwarded message ---------\nFrom: Ann\nDate: Mon\n"
  "Subject: b\nTo: Ben]",
  "Gmail, forwarded: content" },
{ "a<blockquote class=\"gmail_quote\" style=\"margin:0 0 0 40px;border:none;padding:0px\">b"
  "</blockquote>",
  "", "Gmail's indented text is the sender's" },
{ "a<blockquote>b</blockquote>c", "", "a quote made by hand" },
{ "<div class=\"m_-12gmail_quote\">a</div>", "quote gmail [a]", "passed through Gmail" },
{ "<div class=\"x_gmail_quote\">a</div>", "quote gmail [a]", "passed through Outlook" },
{ "<div>a</div><div id=\"appendonsend\"></div><hr style=\"width:98%\"><div id=\"divRplyFwdMsg\">"
  "<b>From:</b> Ann<br><b>Sent:</b> Monday</div><div>b</div>",
  "header outlook [----------\nFrom: Ann\nSent: Monday] quote outlook [b]",
  "Outlook on the web: the mark ends before the quote" },
{ "<div class=WordSection1><p class=MsoNormal>a</p><div><div style='border:none;border-top:solid "
  "#E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal><b>Von:</b> Ann<br><b>Gesendet:</b> "
  "Montag<br><b>An:</b> Ben<br><b>Betreff:</b> b</p></div></div><p class=MsoNormal>c</p></div>",
  "header rule [Von: Ann\nGesendet: Montag\nAn: Ben\nBetreff: b] quote rule [c]",
  "Outlook by Word: a line above what reads like a header" },
{ "<p>a</p><div style='border-top:1px solid'>Please note: b</div><p>c</p>", "",
  "a line above other text" },
{ "a<div id=\"mail-editor-reference-message-container\"><div id=\"divRplyFwdMsg\">From: Ann</div>b"
  "</div>",
  "quote outlook [From: Ann\nb]", "Outlook on a telephone" },
{ "a<div id=\"ms-outlook-mobile-signature\">Get it</div>", "signature outlook [Get it]",
  "Outlook's signature on a telephone" },
{ "a<div id=\"Signature\">Ann</div>", "signature outlook [Ann]", "Outlook's signature" },
{ "a<br><hr id=\"stopSpelling\">Date: Mon<br>b", "quote outlook [----------\nDate: Mon\nb]",
  "Hotmail" },
{ "a<div id=\"AppleMailSignature\">Sent from b</div><div><blockquote type=\"cite\"><div>On Mon, Ann "
  "wrote:</div><div>b</div></blockquote></div>",
  "signature apple [Sent from b] quote cite [> On Mon, Ann wrote:\n> b]", "Apple Mail" },
{ "a<blockquote type=\"cite\"><div>Begin forwarded message:</div><br><div><b>From: </b>Ann</div><div>"
  "<b>Subject: </b>b</div><div><b>Date: </b>Mon</div><div>c</div></blockquote>",
  "forward cite [> Begin forwarded message:\n>\n> From: Ann\n> Subject: b\n> Date: Mon\n> c]",
  "Apple Mail, forwarded" },
{ "<div class=\"moz-cite-prefix\">On Mon Ann wrote:<br></div><blockquote type=\"cite\" "
  "cite=\"mid:x\">b</blockquote><p>yes</p><blockquote type=\"cite\">c</blockquote><pre "
  "class=\"moz-signature\">-- \nBen</pre>",
  "attribution thunderbird [On Mon Ann wrote:] quote cite [> b] quote cite [> c] "
  "signature thunderbird [-- \nBen]",
  "Thunderbird, answers in between" },
{ "a<div class=\"moz-forward-container\">-------- Forwarded --------<table "
  "class=\"moz-email-headers-table\"><tr><th>From: </th><td>Ann</td></tr></table>b</div>",
  "forward thunderbird [-------- Forwarded --------\nFrom:  Ann\nb] header thunderbird [From:  Ann]",
  "Thunderbird, forwarded" },
{ "a<div class=\"yahoo_quoted\" id=\"yahoo_quoted_1\"><div>On Mon, Ann wrote:</div><div>b"
  "<blockquote>c</blockquote></div></div>",
  "quote yahoo [On Mon, Ann wrote:\nb\n\n> c]", "Yahoo" },
{ "a<div class=\"ydpb1ff38f1signature\">Ann</div><div class=\"ydp5f2a1a8ayahoo_quoted\">b</div>",
  "signature yahoo [Ann] quote yahoo [b]", "Yahoo, names with a number" },
{ "a<div class=\"protonmail_signature_block protonmail_signature_block-empty\"></div><div "
  "class=\"protonmail_quote\">On Mon, Ann wrote:<br><blockquote class=\"protonmail_quote\" "
  "type=\"cite\">b</blockquote></div>",
  "attribution proton [On Mon, Ann wrote:] quote proton [> b]", "Proton" },
{ "a<hr id=\"zwchr\" data-marker=\"__DIVIDER__\"><div data-marker=\"__HEADERS__\"><b>From: </b>Ann"
  "</div><div data-marker=\"__QUOTED_TEXT__\">b</div>",
  "quote zimbra [----------\nFrom: Ann\nb]", "Zimbra" },
{ "a<div name=\"quote\"><div>Gesendet: Mo</div><div name=\"quoted-content\">b</div></div>",
  "quote gmx [Gesendet: Mo\nb]", "GMX and web.de" },
{ "<p><a name=\"quote\">a</a></p>", "", "not a container" },
{ "a<blockquote style=\"border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px\">b"
  "</blockquote>",
  "quote mail.ru [> b]", "Mail.ru" },
{ "a<div data-signature-widget=\"container\"><div data-signature-widget=\"content\">--<br>Ann</div>"
  "</div>",
  "signature mail.ru [--\nAnn]", "Mail.ru's signature" },
{ "a<blockquote class=\"210e7a848e8fcb45wmi-quote\">b</blockquote>", "quote yandex [> b]", "Yandex" },
{ "a<includetail><div style=\"font-size:12px\">--- b ---</div>c</includetail>",
  "quote qq [--- b ---\nc]", "QQ" },
{ "a<blockquote id=\"isReplyContent\">b</blockquote>", "quote netease [> b]", "NetEase" },
{ "a<div id=\"isForwardContent\">b</div>", "forward netease [b]", "NetEase, forwarded" },
{ "a<div name=\"messageSignatureSection\">Ann</div><div name=\"messageReplySection\">On Mon, Ben "
  "wrote:<br><blockquote type=\"cite\" class=\"spark_quote\">b</blockquote></div>",
  "signature spark [Ann] attribution spark [On Mon, Ben wrote:] quote spark [> b]", "Spark" },
{ "a<div id=\"bloop_sign_12\" class=\"bloop_sign\">Ann</div><p class=\"airmail_on\">On Mon, Ben "
  "wrote:</p><blockquote type=\"cite\" class=\"clean_bq\">b</blockquote>",
  "signature airmail [Ann] attribution airmail [On Mon, Ben wrote:] quote airmail [> b]",
  "Airmail" },
{ "a<div class=\"missive_quote\"><blockquote type=\"cite\">b</blockquote></div>",
  "quote missive [> b]", "Missive" },
{ "a<p id=\"reply-intro\">On Mon, Ann wrote:</p><blockquote type=\"cite\">b</blockquote>",
  "attribution roundcube [On Mon, Ann wrote:] quote cite [> b]", "Roundcube" },
{ "a<signature id=\"x\">Ann</signature>", "signature mailspring [Ann]", "Mailspring" },
{ "a<div class=\"history-quote-wrapper\" id=\"lark-mail-quote-1\">b</div>", "quote lark [b]", "Lark" },
{ "<blockquote type=\"cite\"></blockquote>a", "", "an empty quote" },
{ "<blockquote type=\"cite\">a", "quote cite [> a]", "the end closes all" },
{ "<div class=gmail_signature>a<blockquote type=cite>b</blockquote></div>",
  "signature gmail [a\n\n> b]", "no marks in marks" },
{ "a<span class=gmail_signature>b</span> c", "signature gmail [b]", "within a line" },
