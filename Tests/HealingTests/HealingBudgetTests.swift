import Diagnosis
import FoundationEssentials
import Kubernetes
import Testing

@testable import Healing

@Suite("Budgets")
struct HealingBudgetTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func attempt(
        _ name: String = "web", _ action: Healing.Action = .rollback, _ trigger: HealingTrigger = .watch,
        at seconds: Double
    ) -> HealingAttempt {
        HealingAttempt(
            workload: WorkloadReference(kind: .deployment, namespace: "shop", name: name), action: action,
            trigger: trigger, at: start.addingTimeInterval(seconds))
    }

    @Test("the same repair is repeated after growing pauses, and then no more")
    func flapping() {
        let budget = HealingBudget()
        var past: [HealingAttempt] = []
        var times: [Double] = []
        for second in stride(from: 0.0, to: 1800, by: 5) {
            let next = attempt(at: second)
            if budget.answer(for: next, after: past) == .allowed {
                past.append(next)
                times.append(second)
            }
        }
        #expect(times.count == budget.repeats)
        #expect(times[1] - times[0] == 15)
        #expect(times[2] - times[1] == 60)
        guard case .exhausted(let reason) = budget.answer(for: attempt(at: 1800), after: past) else {
            Issue.record("not exhausted")
            return
        }
        #expect(reason.contains("failed again"))
    }

    @Test("a workload that somebody scales to zero again is left at zero, unless a request needs it")
    func zeroAgain() {
        let budget = HealingBudget()
        let past = [attempt("web", .scale, at: 0)]
        guard case .exhausted = budget.answer(for: attempt("web", .scale, at: 100), after: past) else {
            Issue.record("scaled up again")
            return
        }
        #expect(budget.answer(for: attempt("web", .scale, .request, at: 100), after: past) == .allowed)
    }

    @Test("workload, namespace and cluster have a budget each, which fills up again with time")
    func limits() {
        let budget = HealingBudget(perWorkload: 2, perNamespace: 3, perCluster: 4, period: .seconds(600))
        let past = [attempt("a", .rollback, .request, at: 0), attempt("a", .scale, .request, at: 1)]
        guard case .exhausted(let own) = budget.answer(for: attempt("a", .scale, .request, at: 2), after: past),
            case .exhausted(let all) = budget.answer(
                for: attempt("b", .scale, .request, at: 2), after: past + [attempt("c", .scale, .request, at: 1)])
        else {
            Issue.record("allowed")
            return
        }
        #expect(own.contains("Deployment/a"))
        #expect(all.contains("namespace shop"))
        #expect(budget.answer(for: attempt("a", .scale, .request, at: 700), after: past) == .allowed)
    }
}
