//! Time per operation on a machine that does other things too.
//!
//! The figure of a contender is the minimum over many short batches, taken in rounds that
//! are spread over the whole run: a batch that was interrupted is slow, never fast. The
//! contenders of a case take turns batch by batch, so that a change of the clock rate or a
//! noisy neighbour meets all of them.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::{Case, Contender};

/// Rounds over all cases.
const ROUNDS: usize = 7;
/// How long a batch should take: well below a time slice of the scheduler.
const BATCH: Duration = Duration::from_micros(200);
/// How long all batches of one contender in one round should take.
const TURN: Duration = Duration::from_millis(6);
/// Operations that take longer can be interrupted each time; the time that the thread spent
/// on the processor is the better figure for them, coarse as it is.
const LONG: Duration = Duration::from_millis(1);

/// Nanoseconds per operation for every contender of every case, in their order.
pub fn measure(cases: &mut [Case]) -> Vec<Vec<f64>> {
    let plans: Vec<Vec<Plan>> = cases
        .iter_mut()
        .map(|case| case.contenders().map(Plan::of).collect())
        .collect();
    let mut best: Vec<Vec<f64>> = plans
        .iter()
        .map(|plans| vec![f64::INFINITY; plans.len()])
        .collect();
    for _ in 0..ROUNDS {
        for ((case, plans), best) in cases.iter_mut().zip(&plans).zip(&mut best) {
            let turns = plans.iter().map(|plan| plan.batches).max().unwrap_or(0);
            for turn in 0..turns {
                for ((contender, plan), best) in case.contenders().zip(plans).zip(&mut *best) {
                    if turn < plan.batches {
                        *best = best.min(plan.batch(contender));
                    }
                }
            }
        }
    }
    best
}

/// How a contender is measured.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Operations per batch.
    operations: u32,
    /// Batches per round.
    batches: u32,
    clock: Clock,
}

#[derive(Clone, Copy, Debug)]
enum Clock {
    Wall,
    ThreadCpu,
}

impl Plan {
    /// Tries `contender` out; this also warms its buffers.
    fn of(contender: &mut Contender) -> Self {
        let mut operations = 1;
        let batch = loop {
            let mut fastest = Duration::MAX;
            for _ in 0..3 {
                let start = Instant::now();
                contender.run(u64::from(operations));
                fastest = fastest.min(start.elapsed());
            }
            if fastest >= BATCH {
                break fastest;
            }
            operations *= 2;
        };
        let clock = if batch / operations > LONG {
            Clock::ThreadCpu
        } else {
            Clock::Wall
        };
        let batches = TURN.as_nanos() / batch.as_nanos().max(1);
        Self {
            operations,
            batches: u32::try_from(batches).unwrap_or(u32::MAX).max(3),
            clock,
        }
    }

    fn batch(self, contender: &mut Contender) -> f64 {
        let start = self.clock.now();
        contender.run(u64::from(self.operations));
        let elapsed = self.clock.now().saturating_sub(start);
        elapsed.as_secs_f64() * 1e9 / f64::from(self.operations)
    }
}

impl Clock {
    fn now(self) -> Duration {
        let now = clock_gettime(match self {
            Self::Wall => ClockId::Monotonic,
            Self::ThreadCpu => ClockId::ThreadCPUTime,
        });
        Duration::try_from(now).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spin(steps: u64) -> Contender {
        Contender::new(
            "spin",
            steps,
            |n| (0..n).map(std::hint::black_box).sum::<u64>(),
            |_| (),
        )
    }

    #[test]
    fn twenty_times_the_work_takes_longer() {
        let mut case = Case::new("spin", 0, spin(1_000)).peer(spin(20_000));
        let [times] = &measure(std::slice::from_mut(&mut case))[..] else {
            panic!("one case")
        };
        assert!(times[1] > 5.0 * times[0], "{times:?}");
    }
}
