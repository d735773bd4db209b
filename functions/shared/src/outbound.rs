//! Patience with other systems.

use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use http::{Request, Response};

use crate::context::Context;
use crate::platform::OutboundError;

/// The answer to `request`. One that doesn't come within `milliseconds` counts as none.
pub async fn in_time(
    context: &Context<'_>,
    request: Request<Bytes>,
    milliseconds: u64,
) -> Result<Response<Bytes>, OutboundError> {
    let mut answer = context.outbound.send(request);
    let mut alarm = context.outbound.sleep(milliseconds);
    poll_fn(|task| match answer.as_mut().poll(task) {
        Poll::Ready(answer) => Poll::Ready(answer),
        Poll::Pending => {
            alarm.as_mut().poll(task).map(|()| Err(OutboundError(format!("waited {milliseconds} ms for it"))))
        }
    })
    .await
}
