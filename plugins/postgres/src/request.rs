//! A request to stop, which is over when the server has obeyed it.

use crate::link::Route;
use crate::tls::Connector;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_postgres::CancelToken;
use tokio_postgres::tls::MakeTlsConnect;

/// A server that does not answer in this time does not obey either.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends a request to stop and waits until the server has passed it on. That it does not get through leaves the call
/// running, and whoever asked may ask again.
pub(crate) async fn send(token: &CancelToken, route: &Route) {
    let _ = tokio::time::timeout(PATIENCE, attempt(token, route)).await;
}

async fn attempt(token: &CancelToken, route: &Route) -> io::Result<()> {
    match (route.address, route.host.socket_folder()) {
        (Some(address), _) => {
            let socket = TcpStream::connect((address, route.host.port)).await?;
            over(token, route, socket).await
        }
        #[cfg(unix)]
        (None, Some(folder)) => {
            let path = format!("{folder}/.s.PGSQL.{}", route.host.port);
            over(token, route, tokio::net::UnixStream::connect(path).await?).await
        }
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

async fn over<S>(token: &CancelToken, route: &Route, socket: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut tls: Connector = route.tls.clone();
    let tls = MakeTlsConnect::<UntilClosed<S>>::make_tls_connect(&mut tls, &route.host.name)
        .map_err(io::Error::other)?;
    token
        .cancel_query_raw(UntilClosed(socket), tls)
        .await
        .map_err(io::Error::other)
}

/// A stream whose shutdown is done when the other side has closed it: the server does so once the request is passed on.
struct UntilClosed<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for UntilClosed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for UntilClosed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut rest = [0; 64];
        loop {
            let mut buffer = ReadBuf::new(&mut rest);
            match ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                // Closed, however.
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
