//! The cases of every crate under criterion, for its reports and plots:
//! `cargo bench --manifest-path benches/Cargo.toml -- smtp`.

use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use sansio_benches::Case;
use sansio_benches::cases::CRATES;

fn main() {
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(300))
        .configure_from_args();
    for &(krate, cases) in CRATES {
        let mut group = criterion.benchmark_group(krate);
        for mut case in cases() {
            bench(&mut group, &mut case);
        }
        group.finish();
    }
    criterion.final_summary();
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, case: &mut Case) {
    group.throughput(Throughput::Bytes(case.bytes as u64));
    let name = case.name.clone();
    for contender in case.contenders() {
        group.bench_function(BenchmarkId::new(&name, contender.who()), |bencher| {
            bencher.iter_custom(|times| {
                let start = Instant::now();
                contender.run(times);
                start.elapsed()
            });
        });
    }
}
