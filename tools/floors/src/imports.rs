//! Reads the imports of a file from its tokens.

use std::collections::HashMap;
use std::iter::Peekable;
use std::vec::IntoIter;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path in this crate that a file imports, from the crate's root: `["issuer", "Domain"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    /// Whether the import is a `pub use`, which only exports the name again.
    pub(crate) is_reexport: bool,
}

/// The imports of one file, and the names that its `use` items bring into its modules.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    pub(crate) paths: Vec<Import>,
    /// Maps a module path, and a name in that module, to the full path of the name.
    pub(crate) names: HashMap<(Vec<String>, String), Vec<String>>,
    /// The types that the file defines, with their lines.
    pub(crate) types: Vec<(String, usize)>,
}

type Tokens = Peekable<IntoIter<TokenTree>>;

impl Imports {
    /// Reads the tokens of a file whose module has this path.
    pub(crate) fn read(tokens: TokenStream, module: &[String]) -> Self {
        let mut imports = Self::default();
        imports.walk(tokens, module);
        imports
    }

    fn walk(&mut self, tokens: TokenStream, module: &[String]) {
        let mut tokens = tokens.into_iter().collect::<Vec<_>>().into_iter().peekable();
        let mut is_public = false;
        while let Some(token) = tokens.next() {
            match token {
                // `attribute_of_tests` consumes every attribute, also one other than `#[cfg(test)]`.
                TokenTree::Punct(punct) if punct.as_char() == '#' && attribute_of_tests(&mut tokens) => {
                    skip_item(&mut tokens);
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => is_public = false,
                TokenTree::Ident(word) if word == "pub" => is_public = true,
                TokenTree::Ident(word) if word == "use" => self.use_item(&mut tokens, module, is_public),
                TokenTree::Ident(word) if defines_type(&word.to_string()) => {
                    if let Some(TokenTree::Ident(name)) = tokens.peek() {
                        self.types.push((name.to_string(), name.span().start().line));
                    }
                }
                TokenTree::Ident(word) if word == "mod" => self.inline_module(&mut tokens, module),
                TokenTree::Ident(word) if is_root(&word.to_string()) => {
                    let line = word.span().start().line;
                    let start = start(&word.to_string(), module);
                    if take_colons(&mut tokens) {
                        self.tree(&mut tokens, module, start, &Item { line, is_reexport: false, is_use: false });
                    }
                }
                TokenTree::Group(group) => {
                    self.walk(group.stream(), module);
                    if group.delimiter() == Delimiter::Brace {
                        is_public = false;
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads `use a::b::{C, d as e};`.
    fn use_item(&mut self, tokens: &mut Tokens, module: &[String], is_public: bool) {
        let Some(TokenTree::Ident(first)) = tokens.next() else { return };
        let (word, line) = (first.to_string(), first.span().start().line);
        let path = if is_root(&word) { start(&word, module) } else { [module, &[word]].concat() };
        let item = Item { line, is_reexport: is_public, is_use: true };
        if take_colons(tokens) {
            self.tree(tokens, module, path, &item);
        }
    }

    /// Reads `mod name { … }`. A module in a separate file is read with that file.
    fn inline_module(&mut self, tokens: &mut Tokens, module: &[String]) {
        let Some(TokenTree::Ident(name)) = tokens.next() else { return };
        if let Some(TokenTree::Group(body)) = tokens.peek() {
            let body = body.stream();
            tokens.next();
            self.walk(body, &[module, &[name.to_string()]].concat());
        }
    }

    /// Reads the rest of a path: names between colons, then perhaps a group of further paths.
    fn tree(&mut self, tokens: &mut Tokens, module: &[String], mut path: Vec<String>, item: &Item) {
        match tokens.peek() {
            Some(TokenTree::Ident(name)) => {
                let (name, line) = (name.to_string(), name.span().start().line);
                tokens.next();
                match name.as_str() {
                    "self" => {}
                    "super" => _ = path.pop(),
                    _ => path.push(name),
                }
                if take_colons(tokens) {
                    self.tree(tokens, module, path, item);
                } else {
                    self.add(tokens, module, path, &Item { line, ..*item });
                }
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace && item.is_use => {
                let mut inside = group.stream().into_iter().collect::<Vec<_>>().into_iter().peekable();
                tokens.next();
                while inside.peek().is_some() {
                    self.tree(&mut inside, module, path.clone(), item);
                    // Skips the comma, or a token with which no path begins.
                    inside.next();
                }
            }
            _ => self.add(tokens, module, path, item),
        }
    }

    fn add(&mut self, tokens: &mut Tokens, module: &[String], path: Vec<String>, item: &Item) {
        let mut name = path.last().cloned().unwrap_or_default();
        if item.is_use && matches!(tokens.peek(), Some(TokenTree::Ident(word)) if word == "as") {
            tokens.next();
            name = tokens.next().map(|alias| alias.to_string()).unwrap_or_default();
        }
        if item.is_use {
            self.names.insert((module.to_vec(), name), path.clone());
        }
        self.paths.push(Import { path, line: item.line, is_reexport: item.is_reexport });
    }
}

#[derive(Clone, Copy)]
struct Item {
    line: usize,
    is_reexport: bool,
    is_use: bool,
}

fn defines_type(word: &str) -> bool {
    matches!(word, "enum" | "struct" | "trait" | "type")
}

fn is_root(word: &str) -> bool {
    matches!(word, "crate" | "self" | "super")
}

fn start(word: &str, module: &[String]) -> Vec<String> {
    match word {
        "crate" => Vec::new(),
        "super" => module.split_last().map(|(_, parent)| parent.to_vec()).unwrap_or_default(),
        _ => module.to_vec(),
    }
}

/// Consumes `::` if the next tokens are `::`, and returns whether they were.
fn take_colons(tokens: &mut Tokens) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    // A single colon, as in `self: &Self`, is not part of a path. The two colons of `::` are a joined pair.
    let joined = matches!(tokens.peek(), Some(TokenTree::Punct(punct))
        if punct.as_char() == ':' && punct.spacing() == proc_macro2::Spacing::Joint);
    if !joined {
        return false;
    }
    tokens.next();
    if is_colon(tokens.peek()) {
        tokens.next();
    }
    true
}

/// Consumes an attribute, and returns whether the attribute is `#[cfg(test)]`.
fn attribute_of_tests(tokens: &mut Tokens) -> bool {
    if matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!') {
        tokens.next();
    }
    let Some(TokenTree::Group(attribute)) = tokens.peek() else { return false };
    let text = attribute.stream().to_string().replace(' ', "");
    tokens.next();
    text == "cfg(test)"
}

/// Consumes the item after an attribute, up to the item's semicolon or body.
fn skip_item(tokens: &mut Tokens) {
    for token in tokens.by_ref() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}
