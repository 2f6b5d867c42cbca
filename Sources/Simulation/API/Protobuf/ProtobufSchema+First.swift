/// Made from the tags of k8s.io/api and k8s.io/apimachinery, Kubernetes 1.20; see `ProtobufSchema` for how it is read.
extension ProtobufSchema {
    static let first = """
        Namespace:1 metadata ObjectMeta,2 spec NamespaceSpec,3 status NamespaceStatus
        ObjectMeta:1 -name s,2 -generateName s,3 -namespace s,4 -selfLink s,5 -uid s,6 -resourceVersion s
         7 -generation i,8 -creationTimestamp T,9 deletionTimestamp T,10 deletionGracePeriodSeconds i,11 labels %s
         12 annotations %s,13 ownerReferences *OwnerReference,14 finalizers *s,15 -clusterName s
         17 managedFields *ManagedFieldsEntry
        OwnerReference:5 apiVersion s,1 kind s,3 name s,4 uid s,6 controller b,7 blockOwnerDeletion b
        ManagedFieldsEntry:1 -manager s,2 -operation s,3 -apiVersion s,4 time T,6 -fieldsType s,7 fieldsV1 F
        NamespaceSpec:1 finalizers *s
        NamespaceStatus:1 -phase s,2 conditions *NamespaceCondition
        NamespaceCondition:1 type s,2 status s,4 -lastTransitionTime T,5 -reason s,6 -message s
        ConfigMap:1 metadata ObjectMeta,4 immutable b,2 data %s,3 binaryData %y
        Secret:1 metadata ObjectMeta,5 immutable b,2 data %y,4 stringData %s,3 -type s
        Service:1 metadata ObjectMeta,2 spec ServiceSpec,3 status ServiceStatus
        ServiceSpec:1 ports *ServicePort,2 selector %s,3 -clusterIP s,18 clusterIPs *s,4 -type s,5 externalIPs *s
         7 -sessionAffinity s,8 -loadBalancerIP s,9 loadBalancerSourceRanges *s,10 -externalName s
         11 -externalTrafficPolicy s,12 -healthCheckNodePort i,13 -publishNotReadyAddresses b
         14 sessionAffinityConfig SessionAffinityConfig,16 topologyKeys *s,19 ipFamilies *s,17 ipFamilyPolicy s
         20 allocateLoadBalancerNodePorts b
        ServicePort:1 -name s,2 -protocol s,6 appProtocol s,3 port i,4 targetPort I,5 -nodePort i
        SessionAffinityConfig:1 clientIP ClientIPConfig
        ClientIPConfig:1 timeoutSeconds i
        ServiceStatus:1 loadBalancer LoadBalancerStatus,2 conditions *Condition
        LoadBalancerStatus:1 ingress *LoadBalancerIngress
        LoadBalancerIngress:1 -ip s,2 -hostname s,4 ports *PortStatus
        PortStatus:1 port i,2 protocol s,3 error s
        Condition:1 type s,2 status s,3 -observedGeneration i,4 -lastTransitionTime T,5 reason s,6 message s
        ServiceAccount:1 metadata ObjectMeta,2 secrets *ObjectReference,3 imagePullSecrets *LocalObjectReference
         4 automountServiceAccountToken b
        ObjectReference:1 -kind s,2 -namespace s,3 -name s,4 -uid s,5 -apiVersion s,6 -resourceVersion s,7 -fieldPath s
        LocalObjectReference:1 -name s
        Pod:1 metadata ObjectMeta,2 spec PodSpec,3 status PodStatus
        PodSpec:1 volumes *Volume,20 initContainers *Container,2 containers *Container
         34 ephemeralContainers *EphemeralContainer,3 -restartPolicy s,4 terminationGracePeriodSeconds i
         5 activeDeadlineSeconds i,6 -dnsPolicy s,7 nodeSelector %s,8 -serviceAccountName s,9 -serviceAccount s
         21 automountServiceAccountToken b,10 -nodeName s,11 -hostNetwork b,12 -hostPID b,13 -hostIPC b
         27 shareProcessNamespace b,14 securityContext PodSecurityContext,15 imagePullSecrets *LocalObjectReference
         16 -hostname s,17 -subdomain s,18 affinity Affinity,19 -schedulerName s,22 tolerations *Toleration
         23 hostAliases *HostAlias,24 -priorityClassName s,25 priority i,26 dnsConfig PodDNSConfig
         28 readinessGates *PodReadinessGate,29 runtimeClassName s,30 enableServiceLinks b,31 preemptionPolicy s
         32 overhead %Q,33 topologySpreadConstraints *TopologySpreadConstraint,35 setHostnameAsFQDN b
        Volume:1 name s,2 . VolumeSource
        VolumeSource:1 hostPath HostPathVolumeSource,2 emptyDir EmptyDirVolumeSource
         3 gcePersistentDisk GCEPersistentDiskVolumeSource,4 awsElasticBlockStore AWSElasticBlockStoreVolumeSource
         5 gitRepo GitRepoVolumeSource,6 secret SecretVolumeSource,7 nfs NFSVolumeSource,8 iscsi ISCSIVolumeSource
         9 glusterfs GlusterfsVolumeSource,10 persistentVolumeClaim PersistentVolumeClaimVolumeSource
         11 rbd RBDVolumeSource,12 flexVolume FlexVolumeSource,13 cinder CinderVolumeSource,14 cephfs CephFSVolumeSource
         15 flocker FlockerVolumeSource,16 downwardAPI DownwardAPIVolumeSource,17 fc FCVolumeSource
         18 azureFile AzureFileVolumeSource,19 configMap ConfigMapVolumeSource
         20 vsphereVolume VsphereVirtualDiskVolumeSource,21 quobyte QuobyteVolumeSource
         22 azureDisk AzureDiskVolumeSource,23 photonPersistentDisk PhotonPersistentDiskVolumeSource
         26 projected ProjectedVolumeSource,24 portworxVolume PortworxVolumeSource,25 scaleIO ScaleIOVolumeSource
         27 storageos StorageOSVolumeSource,28 csi CSIVolumeSource,29 ephemeral EphemeralVolumeSource
        HostPathVolumeSource:1 path s,2 type s
        EmptyDirVolumeSource:1 -medium s,2 sizeLimit Q
        GCEPersistentDiskVolumeSource:1 pdName s,2 -fsType s,3 -partition i,4 -readOnly b
        AWSElasticBlockStoreVolumeSource:1 volumeID s,2 -fsType s,3 -partition i,4 -readOnly b
        GitRepoVolumeSource:1 repository s,2 -revision s,3 -directory s
        SecretVolumeSource:1 -secretName s,2 items *KeyToPath,3 defaultMode i,4 optional b
        KeyToPath:1 key s,2 path s,3 mode i
        NFSVolumeSource:1 server s,2 path s,3 -readOnly b
        ISCSIVolumeSource:1 targetPortal s,2 iqn s,3 lun i,4 -iscsiInterface s,5 -fsType s,6 -readOnly b,7 portals *s
         8 -chapAuthDiscovery b,11 -chapAuthSession b,10 secretRef LocalObjectReference,12 initiatorName s
        GlusterfsVolumeSource:1 endpoints s,2 path s,3 -readOnly b
        PersistentVolumeClaimVolumeSource:1 claimName s,2 -readOnly b
        RBDVolumeSource:1 monitors *s,2 image s,3 -fsType s,4 -pool s,5 -user s,6 -keyring s
         7 secretRef LocalObjectReference,8 -readOnly b
        FlexVolumeSource:1 driver s,2 -fsType s,3 secretRef LocalObjectReference,4 -readOnly b,5 options %s
        CinderVolumeSource:1 volumeID s,2 -fsType s,3 -readOnly b,4 secretRef LocalObjectReference
        CephFSVolumeSource:1 monitors *s,2 -path s,3 -user s,4 -secretFile s,5 secretRef LocalObjectReference
         6 -readOnly b
        FlockerVolumeSource:1 -datasetName s,2 -datasetUUID s
        DownwardAPIVolumeSource:1 items *DownwardAPIVolumeFile,2 defaultMode i
        DownwardAPIVolumeFile:1 path s,2 fieldRef ObjectFieldSelector,3 resourceFieldRef ResourceFieldSelector,4 mode i
        ObjectFieldSelector:1 -apiVersion s,2 fieldPath s
        ResourceFieldSelector:1 -containerName s,2 resource s,3 divisor Q
        FCVolumeSource:1 targetWWNs *s,2 lun i,3 -fsType s,4 -readOnly b,5 wwids *s
        AzureFileVolumeSource:1 secretName s,2 shareName s,3 -readOnly b
        ConfigMapVolumeSource:1 . LocalObjectReference,2 items *KeyToPath,3 defaultMode i,4 optional b
        VsphereVirtualDiskVolumeSource:1 volumePath s,2 -fsType s,3 -storagePolicyName s,4 -storagePolicyID s
        QuobyteVolumeSource:1 registry s,2 volume s,3 -readOnly b,4 -user s,5 -group s,6 -tenant s
        AzureDiskVolumeSource:1 diskName s,2 diskURI s,3 cachingMode s,4 fsType s,5 readOnly b,6 kind s
        PhotonPersistentDiskVolumeSource:1 pdID s,2 -fsType s
        ProjectedVolumeSource:1 sources *VolumeProjection,2 defaultMode i
        VolumeProjection:1 secret SecretProjection,2 downwardAPI DownwardAPIProjection,3 configMap ConfigMapProjection
         4 serviceAccountToken ServiceAccountTokenProjection
        SecretProjection:1 . LocalObjectReference,2 items *KeyToPath,4 optional b
        DownwardAPIProjection:1 items *DownwardAPIVolumeFile
        ConfigMapProjection:1 . LocalObjectReference,2 items *KeyToPath,4 optional b
        ServiceAccountTokenProjection:1 -audience s,2 expirationSeconds i,3 path s
        PortworxVolumeSource:1 volumeID s,2 -fsType s,3 -readOnly b
        ScaleIOVolumeSource:1 gateway s,2 system s,3 secretRef LocalObjectReference,4 -sslEnabled b
         5 -protectionDomain s,6 -storagePool s,7 -storageMode s,8 -volumeName s,9 -fsType s,10 -readOnly b
        StorageOSVolumeSource:1 -volumeName s,2 -volumeNamespace s,3 -fsType s,4 -readOnly b
         5 secretRef LocalObjectReference
        CSIVolumeSource:1 driver s,2 readOnly b,3 fsType s,4 volumeAttributes %s
         5 nodePublishSecretRef LocalObjectReference
        EphemeralVolumeSource:1 volumeClaimTemplate PersistentVolumeClaimTemplate,2 -readOnly b
        PersistentVolumeClaimTemplate:1 metadata ObjectMeta,2 spec PersistentVolumeClaimSpec
        PersistentVolumeClaimSpec:1 accessModes *s,4 selector LabelSelector,2 resources ResourceRequirements
         3 -volumeName s,5 storageClassName s,6 volumeMode s,7 dataSource TypedLocalObjectReference
        LabelSelector:1 matchLabels %s,2 matchExpressions *LabelSelectorRequirement
        LabelSelectorRequirement:1 key s,2 operator s,3 values *s
        ResourceRequirements:1 limits %Q,2 requests %Q
        TypedLocalObjectReference:1 apiGroup s,2 kind s,3 name s
        Container:1 name s,2 -image s,3 command *s,4 args *s,5 -workingDir s,6 ports *ContainerPort
         19 envFrom *EnvFromSource,7 env *EnvVar,8 resources ResourceRequirements,9 volumeMounts *VolumeMount
         21 volumeDevices *VolumeDevice,10 livenessProbe Probe,11 readinessProbe Probe,22 startupProbe Probe
         12 lifecycle Lifecycle,13 -terminationMessagePath s,20 -terminationMessagePolicy s,14 -imagePullPolicy s
         15 securityContext SecurityContext,16 -stdin b,17 -stdinOnce b,18 -tty b
        ContainerPort:1 -name s,2 -hostPort i,3 containerPort i,4 -protocol s,5 -hostIP s
        EnvFromSource:1 -prefix s,2 configMapRef ConfigMapEnvSource,3 secretRef SecretEnvSource
        ConfigMapEnvSource:1 . LocalObjectReference,2 optional b
        SecretEnvSource:1 . LocalObjectReference,2 optional b
        EnvVar:1 name s,2 -value s,3 valueFrom EnvVarSource
        EnvVarSource:1 fieldRef ObjectFieldSelector,2 resourceFieldRef ResourceFieldSelector
         3 configMapKeyRef ConfigMapKeySelector,4 secretKeyRef SecretKeySelector
        ConfigMapKeySelector:1 . LocalObjectReference,2 key s,3 optional b
        SecretKeySelector:1 . LocalObjectReference,2 key s,3 optional b
        VolumeMount:1 name s,2 -readOnly b,3 mountPath s,4 -subPath s,5 mountPropagation s,6 -subPathExpr s
        VolumeDevice:1 name s,2 devicePath s
        Probe:1 . Handler,2 -initialDelaySeconds i,3 -timeoutSeconds i,4 -periodSeconds i,5 -successThreshold i
         6 -failureThreshold i
        Handler:1 exec ExecAction,2 httpGet HTTPGetAction,3 tcpSocket TCPSocketAction
        ExecAction:1 command *s
        HTTPGetAction:1 -path s,2 port I,3 -host s,4 -scheme s,5 httpHeaders *HTTPHeader
        HTTPHeader:1 name s,2 value s
        TCPSocketAction:1 port I,2 -host s
        Lifecycle:1 postStart Handler,2 preStop Handler
        SecurityContext:1 capabilities Capabilities,2 privileged b,3 seLinuxOptions SELinuxOptions
         10 windowsOptions WindowsSecurityContextOptions,4 runAsUser i,8 runAsGroup i,5 runAsNonRoot b
         6 readOnlyRootFilesystem b,7 allowPrivilegeEscalation b,9 procMount s,11 seccompProfile SeccompProfile
        Capabilities:1 add *s,2 drop *s
        SELinuxOptions:1 -user s,2 -role s,3 -type s,4 -level s
        WindowsSecurityContextOptions:1 gmsaCredentialSpecName s,2 gmsaCredentialSpec s,3 runAsUserName s
        SeccompProfile:1 type s,2 localhostProfile s
        EphemeralContainer:1 . EphemeralContainerCommon,2 -targetContainerName s
        EphemeralContainerCommon:1 name s,2 -image s,3 command *s,4 args *s,5 -workingDir s,6 ports *ContainerPort
         19 envFrom *EnvFromSource,7 env *EnvVar,8 resources ResourceRequirements,9 volumeMounts *VolumeMount
         21 volumeDevices *VolumeDevice,10 livenessProbe Probe,11 readinessProbe Probe,22 startupProbe Probe
         12 lifecycle Lifecycle,13 -terminationMessagePath s,20 -terminationMessagePolicy s,14 -imagePullPolicy s
         15 securityContext SecurityContext,16 -stdin b,17 -stdinOnce b,18 -tty b
        PodSecurityContext:1 seLinuxOptions SELinuxOptions,8 windowsOptions WindowsSecurityContextOptions,2 runAsUser i
         6 runAsGroup i,3 runAsNonRoot b,4 supplementalGroups *i,5 fsGroup i,7 sysctls *Sysctl,9 fsGroupChangePolicy s
         10 seccompProfile SeccompProfile
        Sysctl:1 name s,2 value s
        Affinity:1 nodeAffinity NodeAffinity,2 podAffinity PodAffinity,3 podAntiAffinity PodAntiAffinity
        NodeAffinity:1 requiredDuringSchedulingIgnoredDuringExecution NodeSelector
         2 preferredDuringSchedulingIgnoredDuringExecution *PreferredSchedulingTerm
        NodeSelector:1 nodeSelectorTerms *NodeSelectorTerm
        NodeSelectorTerm:1 matchExpressions *NodeSelectorRequirement,2 matchFields *NodeSelectorRequirement
        NodeSelectorRequirement:1 key s,2 operator s,3 values *s
        PreferredSchedulingTerm:1 weight i,2 preference NodeSelectorTerm
        PodAffinity:1 requiredDuringSchedulingIgnoredDuringExecution *PodAffinityTerm
         2 preferredDuringSchedulingIgnoredDuringExecution *WeightedPodAffinityTerm
        PodAffinityTerm:1 labelSelector LabelSelector,2 namespaces *s,3 topologyKey s
        WeightedPodAffinityTerm:1 weight i,2 podAffinityTerm PodAffinityTerm
        PodAntiAffinity:1 requiredDuringSchedulingIgnoredDuringExecution *PodAffinityTerm
         2 preferredDuringSchedulingIgnoredDuringExecution *WeightedPodAffinityTerm
        Toleration:1 -key s,2 -operator s,3 -value s,4 -effect s,5 tolerationSeconds i
        HostAlias:1 -ip s,2 hostnames *s
        PodDNSConfig:1 nameservers *s,2 searches *s,3 options *PodDNSConfigOption
        PodDNSConfigOption:1 -name s,2 value s
        PodReadinessGate:1 conditionType s
        TopologySpreadConstraint:1 maxSkew i,2 topologyKey s,3 whenUnsatisfiable s,4 labelSelector LabelSelector
        PodStatus:1 -phase s,2 conditions *PodCondition,3 -message s,4 -reason s,11 -nominatedNodeName s,5 -hostIP s
         6 -podIP s,12 podIPs *PodIP,7 startTime T,10 initContainerStatuses *ContainerStatus
         8 containerStatuses *ContainerStatus,9 -qosClass s,13 ephemeralContainerStatuses *ContainerStatus
        PodCondition:1 type s,2 status s,3 -lastProbeTime T,4 -lastTransitionTime T,5 -reason s,6 -message s
        PodIP:1 -ip s
        """
}
