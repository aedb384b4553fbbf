//! Which hosts there are: a name leads to a socket on this machine, a domain to its mail hosts.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;

use rustls::pki_types::CertificateDer;
use smtp_proto::route::Mx;

use crate::listen::{Listener, Stop};
use crate::machine::Failure;
use crate::tls;
use crate::transport::TlsEnd;

/// A server that runs on this machine under a name of its own.
#[derive(Debug)]
pub struct Host {
    name: String,
    address: SocketAddr,
    certificate: CertificateDer<'static>,
    stop: Stop,
}

impl Host {
    /// Starts a server: `serve` runs on a thread of its own for each connection.
    ///
    /// # Errors
    ///
    /// If there is no port or certificate to be had.
    pub fn start(
        name: &str,
        serve: impl Fn(TcpStream, SocketAddr, TlsEnd) -> Result<(), Failure> + Send + Sync + 'static,
    ) -> Result<Self, Failure> {
        let identity = tls::identity(&[name])?;
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let host = Self {
            name: name.into(),
            address: listener.address(),
            certificate: identity.certificate,
            stop: listener.stop_handle(),
        };
        let name = host.name.clone();
        thread::Builder::new().spawn(move || {
            listener.serve(move |socket, peer| {
                if let Err(error) = serve(socket, peer, identity.end.clone()) {
                    eprintln!("{name}: {error}");
                }
            });
        })?;
        Ok(host)
    }

    /// Connects to it.
    ///
    /// # Errors
    ///
    /// If it does not answer.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let socket = TcpStream::connect(self.address)?;
        socket.set_nodelay(true)?;
        Ok(socket)
    }

    /// A client's end of TLS that trusts this host alone.
    ///
    /// # Errors
    ///
    /// If its name is no name.
    pub fn tls(&self) -> Result<TlsEnd, Failure> {
        tls::trusting(&self.name, self.certificate.clone())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

/// All hosts, and which of them take mail for which domain.
#[derive(Debug, Default)]
pub struct Network {
    hosts: BTreeMap<String, Host>,
    mail_hosts: BTreeMap<String, Vec<(u16, String)>>,
}

impl Network {
    /// Adds a host.
    pub fn add(&mut self, host: Host) {
        self.hosts.insert(host.name.clone(), host);
    }

    /// Adds an MX record.
    pub fn add_mx(&mut self, domain: &str, preference: u16, host: &str) {
        let records = self.mail_hosts.entry(domain.into()).or_default();
        records.push((preference, host.into()));
    }

    /// The host of this name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn host(&self, name: &str) -> io::Result<&Host> {
        self.hosts
            .get(name)
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no host {name}")))
    }

    /// The MX records of a domain, if there is such a domain.
    pub fn mx(&self, domain: &str) -> Option<Vec<Mx<'_>>> {
        let records = self.mail_hosts.get(domain)?;
        Some(
            records
                .iter()
                .map(|(preference, host)| Mx::new(*preference, host))
                .collect(),
        )
    }
}
