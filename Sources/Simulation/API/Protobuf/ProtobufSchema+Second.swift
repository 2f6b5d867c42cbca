/// Made from the tags of k8s.io/api and k8s.io/apimachinery, Kubernetes 1.20; see `ProtobufSchema` for how it is read.
extension ProtobufSchema {
    static let second = """
        ContainerStatus:1 name s,2 state ContainerState,3 lastState ContainerState,4 ready b,5 restartCount i,6 image s
         7 imageID s,8 -containerID s,9 started b
        ContainerState:1 waiting ContainerStateWaiting,2 running ContainerStateRunning
         3 terminated ContainerStateTerminated
        ContainerStateWaiting:1 -reason s,2 -message s
        ContainerStateRunning:1 -startedAt T
        ContainerStateTerminated:1 exitCode i,2 -signal i,3 -reason s,4 -message s,5 -startedAt T,6 -finishedAt T
         7 -containerID s
        Event:1 metadata ObjectMeta,2 involvedObject ObjectReference,3 -reason s,4 -message s,5 source EventSource
         6 -firstTimestamp T,7 -lastTimestamp T,8 -count i,9 -type s,10 -eventTime T,11 series EventSeries,12 -action s
         13 related ObjectReference,14 reportingComponent s,15 reportingInstance s
        EventSource:1 -component s,2 -host s
        EventSeries:1 -count i,2 -lastObservedTime T
        Binding:1 metadata ObjectMeta,2 target ObjectReference
        PersistentVolumeClaim:1 metadata ObjectMeta,2 spec PersistentVolumeClaimSpec
         3 status PersistentVolumeClaimStatus
        PersistentVolumeClaimStatus:1 -phase s,2 accessModes *s,3 capacity %Q
         4 conditions *PersistentVolumeClaimCondition
        PersistentVolumeClaimCondition:1 type s,2 status s,3 -lastProbeTime T,4 -lastTransitionTime T,5 -reason s
         6 -message s
        ResourceQuota:1 metadata ObjectMeta,2 spec ResourceQuotaSpec,3 status ResourceQuotaStatus
        ResourceQuotaSpec:1 hard %Q,2 scopes *s,3 scopeSelector ScopeSelector
        ScopeSelector:1 matchExpressions *ScopedResourceSelectorRequirement
        ScopedResourceSelectorRequirement:1 scopeName s,2 operator s,3 values *s
        ResourceQuotaStatus:1 hard %Q,2 used %Q
        Deployment:1 metadata ObjectMeta,2 spec DeploymentSpec,3 status DeploymentStatus
        DeploymentSpec:1 replicas i,2 selector LabelSelector,3 template PodTemplateSpec,4 strategy DeploymentStrategy
         5 -minReadySeconds i,6 revisionHistoryLimit i,7 -paused b,9 progressDeadlineSeconds i
        PodTemplateSpec:1 metadata ObjectMeta,2 spec PodSpec
        DeploymentStrategy:1 -type s,2 rollingUpdate RollingUpdateDeployment
        RollingUpdateDeployment:1 maxUnavailable I,2 maxSurge I
        DeploymentStatus:1 -observedGeneration i,2 -replicas i,3 -updatedReplicas i,7 -readyReplicas i
         4 -availableReplicas i,5 -unavailableReplicas i,6 conditions *DeploymentCondition,8 collisionCount i
        DeploymentCondition:1 type s,2 status s,6 -lastUpdateTime T,7 -lastTransitionTime T,4 -reason s,5 -message s
        ReplicaSet:1 metadata ObjectMeta,2 spec ReplicaSetSpec,3 status ReplicaSetStatus
        ReplicaSetSpec:1 replicas i,4 -minReadySeconds i,2 selector LabelSelector,3 template PodTemplateSpec
        ReplicaSetStatus:1 replicas i,2 -fullyLabeledReplicas i,4 -readyReplicas i,5 -availableReplicas i
         3 -observedGeneration i,6 conditions *ReplicaSetCondition
        ReplicaSetCondition:1 type s,2 status s,3 -lastTransitionTime T,4 -reason s,5 -message s
        StatefulSet:1 metadata ObjectMeta,2 spec StatefulSetSpec,3 status StatefulSetStatus
        StatefulSetSpec:1 replicas i,2 selector LabelSelector,3 template PodTemplateSpec
         4 volumeClaimTemplates *PersistentVolumeClaim,5 serviceName s,6 -podManagementPolicy s
         7 updateStrategy StatefulSetUpdateStrategy,8 revisionHistoryLimit i
        StatefulSetUpdateStrategy:1 -type s,2 rollingUpdate RollingUpdateStatefulSetStrategy
        RollingUpdateStatefulSetStrategy:1 partition i
        StatefulSetStatus:1 -observedGeneration i,2 replicas i,3 -readyReplicas i,4 -currentReplicas i
         5 -updatedReplicas i,6 -currentRevision s,7 -updateRevision s,9 collisionCount i
         10 conditions *StatefulSetCondition
        StatefulSetCondition:1 type s,2 status s,3 -lastTransitionTime T,4 -reason s,5 -message s
        DaemonSet:1 metadata ObjectMeta,2 spec DaemonSetSpec,3 status DaemonSetStatus
        DaemonSetSpec:1 selector LabelSelector,2 template PodTemplateSpec,3 updateStrategy DaemonSetUpdateStrategy
         4 -minReadySeconds i,6 revisionHistoryLimit i
        DaemonSetUpdateStrategy:1 -type s,2 rollingUpdate RollingUpdateDaemonSet
        RollingUpdateDaemonSet:1 maxUnavailable I
        DaemonSetStatus:1 currentNumberScheduled i,2 numberMisscheduled i,3 desiredNumberScheduled i,4 numberReady i
         5 -observedGeneration i,6 -updatedNumberScheduled i,7 -numberAvailable i,8 -numberUnavailable i
         9 collisionCount i,10 conditions *DaemonSetCondition
        DaemonSetCondition:1 type s,2 status s,3 -lastTransitionTime T,4 -reason s,5 -message s
        Job:1 metadata ObjectMeta,2 spec JobSpec,3 status JobStatus
        JobSpec:1 parallelism i,2 completions i,3 activeDeadlineSeconds i,7 backoffLimit i,4 selector LabelSelector
         5 manualSelector b,6 template PodTemplateSpec,8 ttlSecondsAfterFinished i
        JobStatus:1 conditions *JobCondition,2 startTime T,3 completionTime T,4 -active i,5 -succeeded i,6 -failed i
        JobCondition:1 type s,2 status s,3 -lastProbeTime T,4 -lastTransitionTime T,5 -reason s,6 -message s
        HorizontalPodAutoscaler:1 metadata ObjectMeta,2 spec HorizontalPodAutoscalerSpec
         3 status HorizontalPodAutoscalerStatus
        HorizontalPodAutoscalerSpec:1 scaleTargetRef CrossVersionObjectReference,2 minReplicas i,3 maxReplicas i
         4 metrics *MetricSpec,5 behavior HorizontalPodAutoscalerBehavior
        CrossVersionObjectReference:1 kind s,2 name s,3 -apiVersion s
        MetricSpec:1 type s,2 object ObjectMetricSource,3 pods PodsMetricSource,4 resource ResourceMetricSource
         7 containerResource ContainerResourceMetricSource,5 external ExternalMetricSource
        ObjectMetricSource:1 describedObject CrossVersionObjectReference,2 target MetricTarget,3 metric MetricIdentifier
        MetricTarget:1 type s,2 value Q,3 averageValue Q,4 averageUtilization i
        MetricIdentifier:1 name s,2 selector LabelSelector
        PodsMetricSource:1 metric MetricIdentifier,2 target MetricTarget
        ResourceMetricSource:1 name s,2 target MetricTarget
        ContainerResourceMetricSource:1 name s,2 target MetricTarget,3 container s
        ExternalMetricSource:1 metric MetricIdentifier,2 target MetricTarget
        HorizontalPodAutoscalerBehavior:1 scaleUp HPAScalingRules,2 scaleDown HPAScalingRules
        HPAScalingRules:3 stabilizationWindowSeconds i,1 selectPolicy s,2 policies *HPAScalingPolicy
        HPAScalingPolicy:1 type s,2 value i,3 periodSeconds i
        HorizontalPodAutoscalerStatus:1 observedGeneration i,2 lastScaleTime T,3 currentReplicas i,4 desiredReplicas i
         5 currentMetrics *MetricStatus,6 conditions *HorizontalPodAutoscalerCondition
        MetricStatus:1 type s,2 object ObjectMetricStatus,3 pods PodsMetricStatus,4 resource ResourceMetricStatus
         7 containerResource ContainerResourceMetricStatus,5 external ExternalMetricStatus
        ObjectMetricStatus:1 metric MetricIdentifier,2 current MetricValueStatus
         3 describedObject CrossVersionObjectReference
        MetricValueStatus:1 value Q,2 averageValue Q,3 averageUtilization i
        PodsMetricStatus:1 metric MetricIdentifier,2 current MetricValueStatus
        ResourceMetricStatus:1 name s,2 current MetricValueStatus
        ContainerResourceMetricStatus:1 name s,2 current MetricValueStatus,3 container s
        ExternalMetricStatus:1 metric MetricIdentifier,2 current MetricValueStatus
        HorizontalPodAutoscalerCondition:1 type s,2 status s,3 -lastTransitionTime T,4 -reason s,5 -message s
        HorizontalPodAutoscalerV1:1 metadata ObjectMeta,2 spec HorizontalPodAutoscalerSpecV1
         3 status HorizontalPodAutoscalerStatusV1
        HorizontalPodAutoscalerSpecV1:1 scaleTargetRef CrossVersionObjectReference,2 minReplicas i,3 maxReplicas i
         4 targetCPUUtilizationPercentage i
        HorizontalPodAutoscalerStatusV1:1 observedGeneration i,2 lastScaleTime T,3 currentReplicas i,4 desiredReplicas i
         5 currentCPUUtilizationPercentage i
        Scale:1 metadata ObjectMeta,2 spec ScaleSpec,3 status ScaleStatus
        ScaleSpec:1 -replicas i
        ScaleStatus:1 replicas i,2 -selector s
        Eviction:1 metadata ObjectMeta,2 deleteOptions DeleteOptions
        DeleteOptions:1 gracePeriodSeconds i,2 preconditions Preconditions,3 orphanDependents b,4 propagationPolicy s
         5 dryRun *s
        Preconditions:1 uid s,2 resourceVersion s
        PodDisruptionBudget:1 metadata ObjectMeta,2 spec PodDisruptionBudgetSpec,3 status PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec:1 minAvailable I,2 selector LabelSelector,3 maxUnavailable I
        PodDisruptionBudgetStatus:1 -observedGeneration i,2 disruptedPods %T,3 disruptionsAllowed i,4 currentHealthy i
         5 desiredHealthy i,6 expectedPods i
        SelfSubjectAccessReview:1 metadata ObjectMeta,2 spec SelfSubjectAccessReviewSpec
         3 status SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec:1 resourceAttributes ResourceAttributes
         2 nonResourceAttributes NonResourceAttributes
        ResourceAttributes:1 -namespace s,2 -verb s,3 -group s,4 -version s,5 -resource s,6 -subresource s,7 -name s
        NonResourceAttributes:1 -path s,2 -verb s
        SubjectAccessReviewStatus:1 allowed b,4 -denied b,2 -reason s,3 -evaluationError s
        SelfSubjectRulesReview:1 metadata ObjectMeta,2 spec SelfSubjectRulesReviewSpec,3 status SubjectRulesReviewStatus
        SelfSubjectRulesReviewSpec:1 -namespace s
        SubjectRulesReviewStatus:1 resourceRules *ResourceRule,2 nonResourceRules *NonResourceRule,3 incomplete b
         4 -evaluationError s
        ResourceRule:1 verbs *s,2 apiGroups *s,3 resources *s,4 resourceNames *s
        NonResourceRule:1 verbs *s,2 nonResourceURLs *s
        SubjectAccessReview:1 metadata ObjectMeta,2 spec SubjectAccessReviewSpec,3 status SubjectAccessReviewStatus
        SubjectAccessReviewSpec:1 resourceAttributes ResourceAttributes,2 nonResourceAttributes NonResourceAttributes
         3 -user s,4 groups *s,5 extra %S,6 -uid s
        LocalSubjectAccessReview:1 metadata ObjectMeta,2 spec SubjectAccessReviewSpec,3 status SubjectAccessReviewStatus
        TokenRequest:1 metadata ObjectMeta,2 spec TokenRequestSpec,3 status TokenRequestStatus
        TokenRequestSpec:1 audiences *s,4 expirationSeconds i,3 boundObjectRef BoundObjectReference
        BoundObjectReference:1 -kind s,2 -apiVersion s,3 -name s,4 -uid s
        TokenRequestStatus:1 token s,2 -expirationTimestamp T
        TokenReview:1 metadata ObjectMeta,2 spec TokenReviewSpec,3 status TokenReviewStatus
        TokenReviewSpec:1 -token s,2 audiences *s
        TokenReviewStatus:1 -authenticated b,2 user UserInfo,4 audiences *s,3 -error s
        SelfSubjectReview:1 metadata ObjectMeta,2 status SelfSubjectReviewStatus
        SelfSubjectReviewStatus:1 userInfo UserInfo
        UserInfo:1 -username s,2 -uid s,3 groups *s,4 extra %S
        Role:1 metadata ObjectMeta,2 rules *PolicyRule
        PolicyRule:1 verbs *s,2 apiGroups *s,3 resources *s,4 resourceNames *s,5 nonResourceURLs *s
        RoleBinding:1 metadata ObjectMeta,2 subjects *Subject,3 roleRef RoleRef
        Subject:1 kind s,2 -apiGroup s,3 name s,4 -namespace s
        RoleRef:1 apiGroup s,2 kind s,3 name s
        ClusterRole:1 metadata ObjectMeta,2 rules *PolicyRule,3 aggregationRule AggregationRule
        AggregationRule:1 clusterRoleSelectors *LabelSelector
        ClusterRoleBinding:1 metadata ObjectMeta,2 subjects *Subject,3 roleRef RoleRef
        CronJob:1 metadata ObjectMeta,2 spec CronJobSpec,3 status CronJobStatus
        CronJobSpec:1 schedule s,2 startingDeadlineSeconds i,3 -concurrencyPolicy s,4 suspend b
         5 jobTemplate JobTemplateSpec,6 successfulJobsHistoryLimit i,7 failedJobsHistoryLimit i
        JobTemplateSpec:1 metadata ObjectMeta,2 spec JobSpec
        CronJobStatus:1 active *ObjectReference,4 lastScheduleTime T
        Ingress:1 metadata ObjectMeta,2 spec IngressSpec,3 status IngressStatus
        IngressSpec:4 ingressClassName s,1 defaultBackend IngressBackend,2 tls *IngressTLS,3 rules *IngressRule
        IngressBackend:4 service IngressServiceBackend,3 resource TypedLocalObjectReference
        IngressServiceBackend:1 name s,2 port ServiceBackendPort
        ServiceBackendPort:1 -name s,2 -number i
        IngressTLS:1 hosts *s,2 -secretName s
        IngressRule:1 -host s,2 . IngressRuleValue
        IngressRuleValue:1 http HTTPIngressRuleValue
        HTTPIngressRuleValue:1 paths *HTTPIngressPath
        HTTPIngressPath:1 -path s,3 pathType s,2 backend IngressBackend
        IngressStatus:1 loadBalancer LoadBalancerStatus
        NetworkPolicy:1 metadata ObjectMeta,2 spec NetworkPolicySpec
        NetworkPolicySpec:1 podSelector LabelSelector,2 ingress *NetworkPolicyIngressRule
         3 egress *NetworkPolicyEgressRule,4 policyTypes *s
        NetworkPolicyIngressRule:1 ports *NetworkPolicyPort,2 from *NetworkPolicyPeer
        NetworkPolicyPort:1 protocol s,2 port I
        NetworkPolicyPeer:1 podSelector LabelSelector,2 namespaceSelector LabelSelector,3 ipBlock IPBlock
        IPBlock:1 cidr s,2 except *s
        NetworkPolicyEgressRule:1 ports *NetworkPolicyPort,2 to *NetworkPolicyPeer
        """
}
