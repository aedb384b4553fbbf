//! The crates' stream machines, tied to [`Machine`] and so to the common loop.

use std::time::Duration;

use crate::machine::{self, Machine};

/// Implements [`Machine`] for the machine at this path, by calls of the same names.
macro_rules! machine {
    ($library:ident::$module:ident::$name:ident, layers: $($layer:ident),+) => {
        impl Machine for $library::$module::$name {
            type Event<'i> = $library::$module::Event<'i>;
            type Error = $library::ProtocolError;

            fn poll<'i>(
                &mut self,
                input: &mut &'i [u8],
            ) -> machine::Step<Self::Event<'i>, Self::Error> {
                use $library::{Layer, Need, Step};
                machine::Step::Need(match $library::$module::$name::poll(self, input) {
                    Step::Event(event) => return machine::Step::Event(event),
                    Step::Need(Need::Input) => machine::Need::Input,
                    Step::Need(Need::Flush) => machine::Need::Flush,
                    Step::Need(Need::Answer) => machine::Need::Answer,
                    Step::Need(Need::Body { room }) => machine::Need::Body { room },
                    Step::Need(Need::Raw { remaining }) => machine::Need::Raw { remaining },
                    Step::Need(Need::Upgrade(layer)) => machine::Need::Upgrade(match layer {
                        $(Layer::$layer => machine::Layer::$layer,)+
                    }),
                    Step::Need(Need::Close(result)) => machine::Need::Close(result),
                })
            }

            fn output(&self) -> &[u8] {
                self.output()
            }

            fn advance_output(&mut self, n: usize) {
                self.advance_output(n);
            }

            fn handle_eof(&mut self) {
                self.handle_eof();
            }

            fn handle_timeout(&mut self) {
                self.handle_timeout();
            }

            fn idle_timeout(&self) -> Duration {
                self.idle_timeout()
            }

            fn layer_established(
                &mut self,
                layer: machine::Layer,
                unread: &[u8],
            ) -> Result<(), Self::Error> {
                let layer = match layer {
                    $(machine::Layer::$layer => $library::Layer::$layer,)+
                };
                self.layer_established(layer, unread)
            }
        }
    };
}

machine!(smtp_proto::client::Client, layers: Tls);
machine!(smtp_proto::server::Server, layers: Tls);
