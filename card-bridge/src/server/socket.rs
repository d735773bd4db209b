//! One WebSocket, whatever is spoken over it: limits, events, and answers that take a while.

use std::{pin::Pin, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _, stream::FuturesUnordered};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        error::CapacityError,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use crate::monitor::Event;

/// The longest message.
const MAX_MESSAGE: usize = 64 * 1024;
/// How many messages a second are read. More wait in the sender's own buffers.
const MOST_A_SECOND: u32 = 2000;
/// How long a page may take to take an answer.
const WRITE: Duration = Duration::from_secs(10);
/// How many answers may be under way on one socket.
const MOST_UNDER_WAY: usize = 4;

/// A WebSocket.
pub type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// An answer that takes a while.
pub type Later = Pin<Box<dyn Future<Output = String> + Send>>;

/// What a message leads to.
pub enum Reaction {
    /// This answer.
    Now(String),
    /// An answer after a while. If the socket closes before, it is dropped.
    Later(Later),
}

/// What is spoken over a socket.
pub trait Conversation: Send {
    /// What is said first.
    fn greeting(&self) -> Option<String>;
    /// What a message leads to. `under_way` says whether another may be started.
    fn message(&mut self, text: &str, may_start: bool) -> Reaction;
    /// What is said to a message that isn't text.
    fn binary(&self) -> String;
    /// The readers, if this hears of them.
    fn events(&self) -> Option<broadcast::Receiver<Event>>;
    /// What is said of an event, if anything.
    fn event(&self, event: &Event) -> Option<String>;
}

/// A WebSocket over an upgraded connection.
pub async fn over(upgraded: Upgraded) -> Socket {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(1024 * 1024);
    WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await
}

/// Speaks until one of the two ends it.
pub async fn run(mut conversation: impl Conversation, mut socket: Socket) {
    let mut under_way = FuturesUnordered::<Later>::new();
    let mut events = conversation.events();
    let mut budget = Budget::new();
    if let Some(greeting) = conversation.greeting()
        && !say(&mut socket, greeting).await
    {
        return;
    }
    loop {
        let answer = tokio::select! {
            Some(answer) = under_way.next() => Some(answer),
            event = hear(&mut events) => event.and_then(|event| conversation.event(&event)),
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    match conversation.message(&text, under_way.len() < MOST_UNDER_WAY) {
                        Reaction::Now(answer) => Some(answer),
                        Reaction::Later(answer) => {
                            under_way.push(answer);
                            None
                        }
                    }
                }
                Some(Ok(Message::Binary(_))) => Some(conversation.binary()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => None,
                Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => {
                    let reason = CloseFrame { code: CloseCode::Size, reason: "bridge.message_too_large".into() };
                    let _ = timeout(WRITE, socket.close(Some(reason))).await;
                    return;
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        };
        if let Some(answer) = answer
            && !say(&mut socket, answer).await
        {
            return;
        }
        budget.spend().await;
    }
}

async fn say(socket: &mut Socket, text: String) -> bool {
    matches!(timeout(WRITE, socket.send(Message::text(text))).await, Ok(Ok(())))
}

/// The next event; for ever where there are none.
async fn hear(events: &mut Option<broadcast::Receiver<Event>>) -> Option<Event> {
    match events {
        Some(receiver) => match receiver.recv().await {
            Ok(event) => Some(event),
            // A page that was too slow asks for the readers when the next event comes.
            Err(RecvError::Lagged(_)) => None,
            Err(RecvError::Closed) => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// So many messages a second.
struct Budget {
    second: Instant,
    spent: u32,
}

impl Budget {
    fn new() -> Self {
        Self { second: Instant::now(), spent: 0 }
    }

    async fn spend(&mut self) {
        self.spent += 1;
        let end = self.second + Duration::from_secs(1);
        if Instant::now() >= end {
            *self = Self::new();
        } else if self.spent > MOST_A_SECOND {
            sleep_until(end).await;
            *self = Self::new();
        }
    }
}
