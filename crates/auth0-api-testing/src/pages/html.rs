//! HTML in which every text of a client is escaped. Only literals of this crate become markup.

/// A piece of markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

/// Makes [`Html`] from pieces, in order. A literal is markup; the text of any other expression is escaped, unless it is
/// `Html` itself.
macro_rules! html {
    (@ $out:ident) => {};
    (@ $out:ident , $markup:literal $($rest:tt)*) => {
        $out.markup($markup);
        $crate::pages::html::html!(@ $out $($rest)*);
    };
    (@ $out:ident , $text:expr $(, $($rest:tt)*)?) => {
        $out.push(&$text);
        $crate::pages::html::html!(@ $out $(, $($rest)*)?);
    };
    ($($pieces:tt)+) => {{
        let mut out = $crate::pages::html::Html::default();
        $crate::pages::html::html!(@ out , $($pieces)+);
        out
    }};
}

pub(crate) use html;

/// Something that a page can contain.
pub(crate) trait Piece {
    fn add_to(&self, html: &mut Html);
}

impl Html {
    /// Adds markup. The lifetime makes sure that it is part of this crate, and not of a request.
    pub(crate) fn markup(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    pub(crate) fn push(&mut self, piece: &(impl Piece + ?Sized)) {
        piece.add_to(self);
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl Piece for Html {
    fn add_to(&self, html: &mut Html) {
        html.0.push_str(&self.0);
    }
}

/// The five characters that end a text or an attribute, or begin a tag or an entity.
impl Piece for str {
    fn add_to(&self, html: &mut Html) {
        for c in self.chars() {
            match c {
                '&' => html.0.push_str("&amp;"),
                '<' => html.0.push_str("&lt;"),
                '>' => html.0.push_str("&gt;"),
                '"' => html.0.push_str("&quot;"),
                '\'' => html.0.push_str("&#39;"),
                c => html.0.push(c),
            }
        }
    }
}

impl Piece for String {
    fn add_to(&self, html: &mut Html) {
        self.as_str().add_to(html);
    }
}

impl<P: Piece + ?Sized> Piece for &P {
    fn add_to(&self, html: &mut Html) {
        (**self).add_to(html);
    }
}

impl<P: Piece> Piece for Option<P> {
    fn add_to(&self, html: &mut Html) {
        if let Some(piece) = self {
            piece.add_to(html);
        }
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(pieces: I) -> Self {
        Self(pieces.into_iter().map(|Html(text)| text).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_literals_are_markup() {
        let text = r#"<script>"it's" & more</script>"#;
        let link = html!["<a href=\"", text, "\">", text.to_owned(), "</a>"];
        let escaped = "&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;";
        assert_eq!(link.clone().into_string(), format!("<a href=\"{escaped}\">{escaped}</a>"));
        let list: Html =
            [html!["<li>", link.clone(), "</li>"], html!["<li>", None::<&str>, "</li>"]].into_iter().collect();
        assert_eq!(list.into_string(), format!("<li>{}</li><li></li>", link.into_string()));
    }
}
