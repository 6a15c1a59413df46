//! A server that answers as a test tells it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

/// Starts a server, and returns its URL. The closure receives the number of the connection and a command in the
/// protocol of Redis, and returns the answer. With `None`, the server closes the connection.
pub(crate) fn redis(answer: impl Fn(usize, &str) -> Option<String> + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (number, connection) in listener.incoming().enumerate() {
            let (mut connection, answer) = (connection.unwrap(), answer.clone());
            std::thread::spawn(move || {
                let mut received = [0; 4096];
                while let Ok(length @ 1..) = connection.read(&mut received) {
                    let text = String::from_utf8_lossy(received.get(..length).unwrap()).into_owned();
                    // Each command is an array, which begins with an asterisk. The store sends no other asterisks.
                    for command in text.split('*').filter(|command| !command.is_empty()) {
                        let Some(answer) = answer(number, command) else { return };
                        if connection.write_all(answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    url
}
