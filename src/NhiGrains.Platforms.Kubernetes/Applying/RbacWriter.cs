using k8s;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Applying;

/// <summary>Gives access: writes roles and bindings of one identity, of the four kinds.</summary>
internal sealed class RbacWriter(Writer writer, DesiredState desired, ServiceAccountName account)
{
    public Task CreateAsync(NativeObject wanted)
    {
        var metadata = new V1ObjectMeta();
        if (wanted.Key.Split('/') is [var space, var name])
            (metadata.NamespaceProperty, metadata.Name) = (space, name);
        else
            metadata.Name = wanted.Key;
        Mark(metadata, wanted);
        return wanted.Kind switch
        {
            "Role" => writer.CreateAsync(ApiKinds.Role, new() { Metadata = metadata, Rules = RulesOf(wanted) }),
            "ClusterRole" => writer.CreateAsync(ApiKinds.ClusterRole, new() { Metadata = metadata, Rules = RulesOf(wanted) }),
            "RoleBinding" => writer.CreateAsync(ApiKinds.RoleBinding, new() { Metadata = metadata, RoleRef = RoleRefOf(wanted), Subjects = [Subjects.ToNative(account)] }),
            "ClusterRoleBinding" => writer.CreateAsync(ApiKinds.ClusterRoleBinding, new() { Metadata = metadata, RoleRef = RoleRefOf(wanted), Subjects = [Subjects.ToNative(account)] }),
            _ => throw Unknown(wanted.Kind),
        };
    }

    /// <summary>Gives the object the wanted content and keeps its labels and annotations of others.</summary>
    public Task ReplaceAsync(Replacement replacement)
    {
        var wanted = replacement.Wanted;
        switch (replacement.Source)
        {
            case V1Role have:
                var role = Marked(have, wanted);
                role.Rules = RulesOf(wanted);
                return writer.ReplaceAsync(ApiKinds.Role, role);
            case V1ClusterRole have:
                var clusterRole = Marked(have, wanted);
                (clusterRole.Rules, clusterRole.AggregationRule) = (RulesOf(wanted), null);
                return writer.ReplaceAsync(ApiKinds.ClusterRole, clusterRole);
            case V1RoleBinding have:
                var binding = Marked(have, wanted);
                binding.Subjects = [Subjects.ToNative(account)];
                return writer.ReplaceAsync(ApiKinds.RoleBinding, binding);
            case V1ClusterRoleBinding have:
                var clusterBinding = Marked(have, wanted);
                clusterBinding.Subjects = [Subjects.ToNative(account)];
                return writer.ReplaceAsync(ApiKinds.ClusterRoleBinding, clusterBinding);
            default:
                throw Unknown(wanted.Kind);
        }
    }

    private T Marked<T>(T have, NativeObject wanted)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var copy = Copies.Of(have);
        Mark(copy.Metadata, wanted);
        return copy;
    }

    private void Mark(V1ObjectMeta metadata, NativeObject wanted) => Marker.Put(metadata, desired.IdentityId, account,
        (Marker.Generation, desired.Generation.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        (Marker.Digest, Translation.DigestOf([wanted])));

    private static List<V1PolicyRule> RulesOf(NativeObject wanted) => [.. Bodies.Read<RoleBody>(wanted).Rules.Select(Rules.ToNative)];

    private static V1RoleRef RoleRefOf(NativeObject wanted)
    {
        var role = Bodies.Read<BindingBody>(wanted).Role.Split('/', 2);
        return new() { ApiGroup = ApiKinds.Role.Group, Kind = role[0], Name = role[1] };
    }

    private static PlatformException Unknown(string kind) => new(PlatformError.Rejected, $"'{kind}' is no kind of object that is applied to Kubernetes.");
}
