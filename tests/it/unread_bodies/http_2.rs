//! An HTTP/2 client that sends its whole request, whatever the server answers meanwhile, and notices when the server
//! resets a stream. Many clients fail then.

use std::future::poll_fn;
use std::net::SocketAddr;

use bytes::Bytes;
use h2::client::SendRequest;
use tokio::net::TcpStream;

pub(super) struct Client(SendRequest<Bytes>);

impl Client {
    pub(super) async fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (client, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self(client)
    }

    /// Returns the status of the response, after the whole body is sent.
    pub(super) async fn post(&mut self, path: &str, authorization: &str, mut body: Bytes) -> Result<u16, h2::Error> {
        let request = http::Request::post(format!("http://api.example.com{path}"));
        let request = request.header("authorization", authorization).body(()).unwrap();
        poll_fn(|context| self.0.poll_ready(context)).await?;
        let (response, mut stream) = self.0.send_request(request, false)?;
        while !body.is_empty() {
            stream.reserve_capacity(body.len());
            let Some(capacity) = poll_fn(|context| stream.poll_capacity(context)).await else {
                return Err(poll_fn(|context| stream.poll_reset(context)).await?.into());
            };
            let part = body.split_to(capacity?);
            stream.send_data(part, body.is_empty())?;
        }
        Ok(response.await?.status().as_u16())
    }
}
