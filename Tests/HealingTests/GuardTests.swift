import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("What stands against a plan")
struct GuardTests {
    private func plan(_ scene: Scene, policy: HealingPolicy = Scene.policy()) -> Plan {
        let snapshot = scene.snapshot
        return Planner.plan(for: Diagnostician.diagnose(snapshot), snapshot: snapshot, policy: policy)
    }

    private var zero: Scene {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        return scene
    }

    @Test("nothing: a bad image that came with the template is rolled back, bound to the state that was seen")
    func rollback() {
        let plan = plan(Scene.badImage())
        #expect(plan.action == .rollback)
        #expect(plan.write?.object.resourceVersion == "100")
        guard case .template(let template, let revision)? = plan.write?.change else {
            Issue.record("no template: \(plan)")
            return
        }
        #expect(revision == 1)
        #expect(template["spec"]?["containers"]?[0]?["image"]?.stringValue == "web:1")
        #expect(template["metadata"]?["labels"]?["pod-template-hash"] == nil)
        #expect(plan.undo == nil, "the revision it leaves was seen to fail")
    }

    @Test("a paused Deployment's template is not written: the change would wait, and somebody is not done")
    func paused() {
        var scene = Scene.badImage()
        scene.isPaused = true
        let plan = plan(scene)
        #expect(plan.write == nil)
        #expect(plan.detail.contains("paused"))
        #expect(plan.advice?.contains("rollout resume") == true)
    }

    @Test("what is being deleted is not written to")
    func leaving() {
        var scene = Scene.badImage()
        scene.isLeaving = true
        #expect(plan(scene).write == nil)
    }

    @Test("a person's change of the template is left alone until 30 s have passed")
    func personAtWork() {
        let scene = Scene.badImage(secondsAgo: 5)
        let plan = plan(scene)
        #expect(plan.action == .wait)
        #expect(plan.write == nil)
        #expect(plan.waitUntil == scene.now.addingTimeInterval(25))
        #expect(plan.detail.contains("kubectl-set"))
        var later = Scene.badImage(secondsAgo: 6)
        later.now = scene.now.addingTimeInterval(1)
        #expect(self.plan(later).detail == plan.detail, "its words stay the same while it lasts")
    }

    @Test("Cortex does not roll back its own rollback")
    func ownRollback() {
        let plan = plan(Scene.badImage(writer: "cortex"))
        #expect(plan.action == .escalate)
        #expect(plan.write == nil)
    }

    @Test("a person's scale to zero that a request needs is not waited for")
    func zeroByPerson() {
        var scene = zero
        scene.templateWriter = ("kubectl-set", 2)
        #expect(plan(scene).action == .scale)
    }

    @Test(
        "who else decides gets advice instead of a write",
        arguments: [
            ("cortex.io/heal", "off"), ("cortex.io/heal", "observe"), ("cortex.io/heal", "approve"),
            ("cortex.io/paused", "true"), ("argocd.argoproj.io/tracking-id", "shop:apps/Deployment:shop/web"),
        ])
    func owners(key: String, value: String) {
        for var scene in [zero, Scene.badImage()] {
            scene.annotations = [key: value]
            let plan = plan(scene)
            #expect(plan.write == nil, "\(plan)")
            #expect(plan.action == .escalate || plan.action == Healing.Action.none)
            #expect(plan.advice != nil)
        }
    }

    @Test("what an Argo Rollout owns is left alone, even a pod that hangs, and a person is told the command")
    func rollout() {
        var hanging = Scene().snapshot
        hanging.answer = ServiceAnswer(kind: .timeout, message: "timed out")
        for var snapshot in [zero.snapshot, Scene.badImage().snapshot, hanging] {
            snapshot.deployments[0].metadata.ownerReferences = Scene.decode([
                [
                    "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "front", "uid": "r",
                    "controller": true,
                ]
            ])
            let plan = Planner.plan(
                for: Diagnostician.diagnose(snapshot), snapshot: snapshot, policy: Scene.policy())
            #expect(plan.write == nil && plan.action == .escalate, "\(plan)")
            #expect(plan.advice?.contains("kubectl argo rollouts undo front -n shop") == true, "\(plan)")
        }
    }

    @Test("an autoscaler owns the replicas")
    func autoscaler() {
        var scene = zero
        scene.autoscaler = "web"
        let plan = plan(scene)
        #expect(plan.action == .escalate)
        #expect(plan.write == nil)
    }

    @Test("autoscalers that may not be read are not taken for absent")
    func unreadAutoscalers() {
        var scene = zero
        scene.unread = [
            UnreadResource(
                verb: "list", resource: "autoscaling/horizontalpodautoscalers", namespace: "shop", isForbidden: true,
                message: "forbidden")
        ]
        let plan = plan(scene)
        #expect(plan.write == nil)
        #expect(plan.action == .escalate)
    }

    @Test("a namespace that is not healed is only looked at")
    func otherNamespace() {
        let plan = plan(zero, policy: HealingPolicy(namespaces: ["elsewhere"]))
        #expect(plan.write == nil)
        #expect(plan.advice?.contains("HEAL_NAMESPACES") == true)
    }
}

@Suite("cortex.io/heal")
struct HealModeTests {
    private func plan(_ own: String?, namespace: HealMode?, isHealed: Bool = true) -> Plan {
        var scene = Scene()
        (scene.replicas, scene.ready) = (0, 0)
        if let own { scene.annotations = ["cortex.io/heal": own] }
        var policy = HealingPolicy(namespaces: isHealed ? ["shop"] : ["elsewhere"])
        policy.namespaceModes["shop"] = namespace
        let snapshot = scene.snapshot
        return Planner.plan(for: Diagnostician.diagnose(snapshot), snapshot: snapshot, policy: policy)
    }

    @Test("the workload's own word wins over its namespace's, and that over HEAL_NAMESPACES")
    func precedence() {
        #expect(plan("auto", namespace: .observe).write != nil)
        #expect(plan("observe", namespace: .auto).write == nil)
        #expect(plan(nil, namespace: .auto, isHealed: false).write != nil)
        #expect(plan(nil, namespace: .off).write == nil)
        #expect(plan(nil, namespace: nil, isHealed: false).write == nil)
        #expect(plan("a slip", namespace: .auto).write == nil, "an unknown word is read as observe")
    }

    @Test("a namespace that may not be read is not healed, unless the workload itself says so")
    func hidden() {
        func plan(_ own: String?, isHealed: Bool = true) -> Plan {
            var scene = Scene()
            (scene.replicas, scene.ready) = (0, 0)
            if let own { scene.annotations = ["cortex.io/heal": own] }
            var policy = HealingPolicy(namespaces: isHealed ? ["shop"] : ["elsewhere"])
            policy.hiddenNamespaces = ["shop"]
            let snapshot = scene.snapshot
            return Planner.plan(for: Diagnostician.diagnose(snapshot), snapshot: snapshot, policy: policy)
        }
        #expect(plan(nil).write == nil)
        #expect(plan(nil).advice?.contains("--verb=get --resource=namespaces -n shop") == true)
        #expect(plan("auto").write != nil)
        #expect(plan(nil, isHealed: false).advice?.contains("HEAL_NAMESPACES") == true)
    }

    @Test("who has to approve is given the exact command")
    func approve() {
        let plan = plan("approve", namespace: nil)
        #expect(plan.advice?.contains("kubectl scale deployment/web") == true)
    }
}
