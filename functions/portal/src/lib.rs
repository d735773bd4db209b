//! The page: files that were built with the component, and nothing else. It needs no database, no settings, no secrets.

pub mod answer;
pub mod files;
pub mod policy;

pub use answer::answer;

#[cfg(target_family = "wasm")]
mod component {
    #[spin_sdk::http_service]
    async fn entry(request: spin_sdk::http::Request) -> impl spin_sdk::http::IntoResponse {
        eport_adapter::answer(request, super::answer).await
    }
}
