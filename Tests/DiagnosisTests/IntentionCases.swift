import Diagnosis
import JSON
import Kubernetes
import Testing

@Suite("What somebody means to be so")
struct IntentionCases {
    private static func writer(_ manager: String, ago: Double = 20) -> JSONValue {
        [
            "manager": .string(manager), "operation": "Update", "time": Scene.time(ago),
            "fieldsV1": ["f:spec": ["f:replicas": [:]]],
        ]
    }
    private static func zero(_ writers: JSONValue..., change: (inout Scene) -> Void = { _ in }) -> Scene {
        Scene { scene in
            scene.replicas = 0
            scene.revisions = [.init(desiredAnnotation: 2)]
            scene.metadata["managedFields"] = .array(writers)
            change(&scene)
        }
    }
    private static func progressing(at ago: Double) -> (inout Scene) -> Void {
        {
            $0.revisions = [.init(age: 7200, desiredAnnotation: 0)]
            $0.progressed = ago
        }
    }

    private static let cases: [Case] = [
        Case(
            "a zero that KEDA's operator wrote", zero(writer("kubectl-create", ago: 7200), writer("keda-operator")),
            is: .zeroOnPurpose),
        Case("a zero that a scaler on demand wrote", zero(writer("sablier")), is: .zeroOnPurpose),
        Case("a zero that a person wrote with kubectl", zero(writer("kubectl-patch")), is: .scaledToZero),
        Case(
            "a count that the Deployment controller wrote is nobody's will", zero(writer("kube-controller-manager")),
            is: .scaledToZero),
        Case(
            "one that was complete when it was made never had a pod",
            zero(change: progressing(at: 7200)), is: .zeroOnPurpose),
        Case("one that took a while to be complete had pods", zero(change: progressing(at: 7190)), is: .scaledToZero),
        Case(
            "a Deployment that somebody deletes is not repaired",
            Scene.rollout(
                Scene.template { container, _ in container["image"] = "shop/web:nope" },
                [.waiting("ErrImagePull", "not found")]
            ) {
                $0.metadata["deletionTimestamp"] = Scene.time(5)
                $0.metadata["finalizers"] = ["example.com/hold"]
            }, is: .beingDeleted, finding: "being-deleted"),
        Case(
            "one at zero that somebody deletes is not scaled",
            zero { $0.metadata["deletionTimestamp"] = Scene.time(5) }, is: .beingDeleted),
        Case(
            "pods that may not be made because the namespace goes",
            Scene {
                $0.revisions[0].pods = []
                $0.revisions[0].failure =
                    "pods \"web-1\" is forbidden: unable to create new content in namespace shop because it is being "
                    + "terminated"
            }, is: .beingDeleted),
    ]

    @Test("it is left alone", arguments: cases)
    func intention(_ item: Case) throws { try item.check() }
}
