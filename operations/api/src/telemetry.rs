//! Where events, spans and metrics go.

use std::error::Error;
use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What the program has to keep until it ends.
pub(crate) struct Telemetry {
    pub(crate) metrics: PrometheusHandle,
    /// `None` if no collector is configured.
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Installs the recorder of metrics and the subscriber of events and spans, for the whole process. Spans go to the
    /// collector, if there is one.
    pub(crate) fn install(collector: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let metrics = PrometheusBuilder::new().install_recorder()?;
        let traces = collector.map(provider).transpose()?;
        let exported = traces.as_ref().map(|provider| {
            let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("observed-api"));
            // The file and the line of each event would be most of the data.
            layer.with_location(false).with_threads(false).with_tracked_inactivity(false)
        });
        let printed = tracing_subscriber::fmt::layer().with_ansi(std::io::stdout().is_terminal());
        let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env()?;
        tracing_subscriber::registry().with(filter).with(printed).with(exported).try_init()?;
        Ok(Self { metrics, traces })
    }

    /// Sends what is in memory.
    pub(crate) fn shut_down(self) -> Result<(), Box<dyn Error>> {
        Ok(self.traces.map_or(Ok(()), |provider| provider.shutdown())?)
    }
}

/// Sends spans in batches, from a thread of its own. The exporter reads the other variables of OpenTelemetry, such as
/// `OTEL_EXPORTER_OTLP_HEADERS`, from the environment, and so does the resource: `OTEL_SERVICE_NAME`.
fn provider(collector: &str) -> Result<SdkTracerProvider, Box<dyn Error>> {
    let endpoint = format!("{}/v1/traces", collector.trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_endpoint(endpoint).build()?;
    let resource = Resource::builder().build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
