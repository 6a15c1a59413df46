//! The files of a crate as modules, and the search for the file that defines the item at a path.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr as _;

use proc_macro2::TokenStream;

use crate::imports::Imports;

/// The files of a crate, by module path. The module path of the crate's root is empty.
#[derive(Debug)]
pub(crate) struct Crate {
    /// The path of the crate's `src` folder, from the workspace's root.
    pub(crate) folder: String,
    modules: BTreeMap<Vec<String>, Module>,
    names: HashMap<(Vec<String>, String), Vec<String>>,
}

#[derive(Debug)]
struct Module {
    file: String,
    imports: Imports,
}

/// An import: the file `from` imports from the file `to`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) line: usize,
    pub(crate) to: String,
}

impl Crate {
    pub(crate) fn read(source: &Path, folder: &str) -> io::Result<Self> {
        let mut krate = Self { folder: folder.to_owned(), modules: BTreeMap::new(), names: HashMap::new() };
        krate.read_folder(source, &[], "")?;
        krate.names = krate.modules.values().flat_map(|module| module.imports.names.clone()).collect();
        Ok(krate)
    }

    /// Returns the paths of the files, from the crate's `src`: `issuer/state.rs`.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.modules.values().map(|module| module.file.as_str())
    }

    /// Returns every type: its name, its file and its line.
    pub(crate) fn types(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        let modules = self.modules.values();
        modules.flat_map(|module| {
            module.imports.types.iter().map(|(name, line)| (name.as_str(), module.file.as_str(), *line))
        })
    }

    /// Returns each import of one file from another file.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (path, module) in &self.modules {
            for import in &module.imports.paths {
                let to = self.file_of(&import.path);
                let is_below = import.path.starts_with(path);
                if to != module.file && !(import.is_reexport && is_below) {
                    edges.push(Edge { from: module.file.clone(), line: import.line, to: to.to_owned() });
                }
            }
        }
        edges.sort();
        edges.dedup();
        edges
    }

    /// Returns the file that defines the item at a path. Looks into modules and follows re-exports.
    fn file_of(&self, path: &[String]) -> &str {
        let mut path = path.to_vec();
        for _ in 0..MOST_REEXPORTS {
            let known = (0..=path.len()).rev().find(|length| self.has_module(path.get(..*length).unwrap_or_default()));
            let (module, rest) = path.split_at(known.unwrap_or_default());
            let target = rest.first().and_then(|name| self.names.get(&(module.to_vec(), name.clone())));
            match target {
                // If a module imports a name from itself, that module defines the name.
                Some(target) if !target.starts_with(&path) => {
                    path = [target.as_slice(), rest.get(1..).unwrap_or_default()].concat();
                }
                _ => break,
            }
        }
        let lengths = (0..=path.len()).rev();
        let mut found = lengths.filter_map(|length| self.modules.get(path.get(..length).unwrap_or_default()));
        found.next().map_or("", |module| module.file.as_str())
    }

    fn has_module(&self, path: &[String]) -> bool {
        self.modules.contains_key(path)
    }

    fn read_folder(&mut self, folder: &Path, module: &[String], prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_dir() && name != "bin" {
                self.read_folder(&path, &[module, std::slice::from_ref(&name)].concat(), &format!("{prefix}{name}/"))?;
            } else if let Some(stem) = name.strip_suffix(".rs") {
                let module = match stem {
                    "lib" | "main" | "mod" => module.to_vec(),
                    "tests" => continue,
                    _ if stem.ends_with("_tests") => continue,
                    _ => [module, &[stem.to_owned()]].concat(),
                };
                let text = fs::read_to_string(&path)?;
                let tokens = TokenStream::from_str(&text)
                    .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
                let imports = Imports::read(tokens, &module);
                self.modules.insert(module, Module { file: format!("{prefix}{name}"), imports });
            }
        }
        Ok(())
    }
}

/// The largest number of re-exports that `file_of` follows: more than any path needs.
const MOST_REEXPORTS: usize = 8;
