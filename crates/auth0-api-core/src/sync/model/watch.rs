//! tokio's watch channel. Another task may run before each call, and before the channel notices a dropped sender.

use tokio::sync::watch::{Ref, error};

use super::step;

pub(crate) fn channel<T>(first: T) -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = tokio::sync::watch::channel(first);
    (Sender(sender), Receiver(receiver))
}

#[derive(Debug)]
pub(crate) struct Sender<T>(tokio::sync::watch::Sender<T>);

impl<T> Sender<T> {
    pub(crate) fn send(&self, value: T) -> Result<(), error::SendError<T>> {
        step();
        self.0.send(value)
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        step();
    }
}

#[derive(Debug)]
pub(crate) struct Receiver<T>(tokio::sync::watch::Receiver<T>);

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Receiver<T> {
    pub(crate) fn has_changed(&self) -> Result<bool, error::RecvError> {
        step();
        self.0.has_changed()
    }

    pub(crate) async fn wait_for(&mut self, condition: impl FnMut(&T) -> bool) -> Result<Ref<'_, T>, error::RecvError> {
        step();
        self.0.wait_for(condition).await
    }
}
