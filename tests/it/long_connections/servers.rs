//! The same API with axum and with actix-web: an event stream, and a WebSocket that greets and echoes.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_core::ApiClient;
use auth0_api_core::long_connection::{Ended, EndsWithToken};
use futures_util::{Stream, stream};
use tokio::sync::broadcast::{self, Receiver, Sender};

/// A running API.
pub(super) struct Api {
    pub(super) name: &'static str,
    pub(super) address: SocketAddr,
    /// What the test sends here, the event stream yields.
    pub(super) events: Sender<&'static str>,
}

/// Starts the API with both frameworks.
pub(super) async fn both(api: &ApiClient) -> [Api; 2] {
    [axum_api(api.clone()).await, actix_api(api.clone())]
}

/// Returns the events that are sent from now on.
fn received(events: Receiver<&'static str>) -> impl Stream<Item = &'static str> + Send + 'static {
    stream::unfold(events, |mut events| async { Some((events.recv().await.ok()?, events)) })
}

async fn axum_api(api: ApiClient) -> Api {
    use auth0_api_axum::{AuthLayer, TokenEnd, close_socket};
    use axum::extract::State;
    use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
    use axum::response::Response;
    use axum::response::sse::{Event, Sse};
    use axum::routing::{any, get};
    use futures_util::StreamExt as _;

    async fn events(
        State(channel): State<Sender<&'static str>>,
        TokenEnd(until_ended): TokenEnd,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        let events = received(channel.subscribe()).map(|text| Ok(Event::default().data(text)));
        let last = |ended: Ended| Ok(Event::default().event("token_ended").data(ended.label()));
        Sse::new(EndsWithToken::new(events, until_ended).with_last(last))
    }

    async fn socket(TokenEnd(mut until_ended): TokenEnd, upgrade: WebSocketUpgrade) -> Response {
        upgrade.on_upgrade(async move |mut socket| {
            if let Err(ended) = until_ended.limit(talk(&mut socket)).await {
                close_socket(socket, ended).await;
            }
        })
    }

    async fn talk(socket: &mut WebSocket) {
        while let Some(Ok(Message::Text(text))) = socket.recv().await {
            _ = socket.send(Message::Text(text)).await;
        }
    }

    let (sender, _) = broadcast::channel(8);
    let app = axum::Router::new()
        .route("/events", get(events))
        .route("/socket", any(socket))
        .layer(AuthLayer::new(api))
        .with_state(sender.clone());
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Api { name: "axum", address, events: sender }
}

fn actix_api(api: ApiClient) -> Api {
    use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, rt, web};
    use actix_ws::{Message, MessageStream, Session};
    use auth0_api_actix::{Auth, TokenEnd, close_session};
    use bytes::Bytes;
    use futures_util::StreamExt as _;

    async fn events(events: web::Data<Sender<&'static str>>, TokenEnd(until_ended): TokenEnd) -> HttpResponse {
        let events = received(events.subscribe()).map(|text| Ok::<_, Infallible>(format!("data: {text}\n\n").into()));
        let events = EndsWithToken::new(events, until_ended)
            .with_last(|ended| Ok(Bytes::from(format!("event: token_ended\ndata: {}\n\n", ended.label()))));
        HttpResponse::Ok().content_type("text/event-stream").streaming(events)
    }

    async fn socket(end: TokenEnd, request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
        let TokenEnd(mut until_ended) = end;
        let (response, session, messages) = actix_ws::handle(&request, body)?;
        rt::spawn(async move {
            if let Err(ended) = until_ended.limit(talk(session.clone(), messages)).await {
                close_session(session, ended).await;
            }
        });
        Ok(response)
    }

    async fn talk(mut session: Session, mut messages: MessageStream) {
        while let Some(Ok(Message::Text(text))) = messages.recv().await {
            _ = session.text(text).await;
        }
    }

    let (sender, _) = broadcast::channel(8);
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let events_of_app = sender.clone();
    let app = move || {
        App::new()
            .app_data(web::Data::new(events_of_app.clone()))
            .route("/events", web::get().to(events))
            .route("/socket", web::get().to(socket))
            .wrap(Auth::new(api.clone()))
    };
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    std::thread::spawn(move || rt::System::new().block_on(server()));
    Api { name: "actix-web", address, events: sender }
}
