using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Platforms.Kubernetes.Tests;

/// <summary>A namespace of its own on a server, with an account and three config maps.</summary>
internal sealed class KubernetesTarget : ConnectorTarget
{
    public const string PlatformId = "k8s:test";

    private static int _count;

    private readonly IKubernetesServer _server;
    private readonly string _kubeconfigOfProxy;
    private readonly ServiceProvider _straight;
    private readonly ServiceProvider _faulty;

    private KubernetesTarget(IKubernetesServer server, FaultProxy proxy, string kubeconfigOfProxy, int number)
    {
        (_server, Proxy, Namespace, IdentityId) = (server, proxy, $"team-{number}", $"identity-{number}");
        _kubeconfigOfProxy = kubeconfigOfProxy;
        Binding = new(PlatformId, $"{Namespace}/app");
        (_straight, Connector) = ConnectorFor(server.Kubeconfig);
        (_faulty, Faulty) = ConnectorFor(kubeconfigOfProxy);
        Admin = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.Kubeconfig));
    }

    public string Namespace { get; }

    /// <summary>The hands that work past the connector.</summary>
    public k8s.Kubernetes Admin { get; }

    public override IPlatformConnector Connector { get; }

    public override IPlatformConnector Faulty { get; }

    public override FaultProxy Proxy { get; }

    public override string IdentityId { get; }

    public override Binding Binding { get; }

    public string Own => $"nhi-{IdentityId}";

    public override ResourceSelector AllResources => new("configmaps", Namespace, ResourceMatch.All, null);

    public override ResourceSelector Prefix => new("configmaps", Namespace, ResourceMatch.Prefix, "config-");

    public static async Task<KubernetesTarget> MakeAsync(IKubernetesServer server)
    {
        var number = Interlocked.Increment(ref _count);
        var proxy = await server.StartProxyAsync();
        var kubeconfig = Path.Combine(Path.GetDirectoryName(server.Kubeconfig) ?? "", $"proxy-{number}");
        await File.WriteAllTextAsync(kubeconfig, server.KubeconfigFor(server.AdminToken, proxy.Address));
        var target = new KubernetesTarget(server, proxy, kubeconfig, number);
        await target.Admin.CreateNamespaceAsync(new() { Metadata = new() { Name = target.Namespace } });
        await target.CreateAccountAsync();
        foreach (var resource in Enumerable.Range(1, 3).Select(target.Resource))
            await target.Admin.CreateNamespacedConfigMapAsync(new() { Metadata = new() { Name = resource.Name } }, target.Namespace);
        return target;
    }

    /// <summary>Like <see cref="Faulty"/>, on another clock.</summary>
    public (ServiceProvider Services, IPlatformConnector Connector) FaultyOn(TimeProvider time) => ConnectorFor(_kubeconfigOfProxy, time: time);

    public static (ServiceProvider Services, IPlatformConnector Connector) ConnectorFor(string kubeconfig, TimeSpan? timeout = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(time ?? TimeProvider.System)
            .AddKubernetesPlatform(new() { Platform = PlatformId, Kubeconfig = kubeconfig, RequestTimeout = timeout ?? TimeSpan.FromSeconds(5) })
            .BuildServiceProvider();
        return (services, services.GetRequiredService<IPlatformConnector>());
    }

    /// <summary>A connector with another token, or to another address.</summary>
    public async Task<(ServiceProvider Services, IPlatformConnector Connector)> ConnectorWithAsync(string token, Uri? address = null)
    {
        var kubeconfig = Path.Combine(Path.GetDirectoryName(_server.Kubeconfig) ?? "", $"{Namespace}-{Interlocked.Increment(ref _count)}");
        await File.WriteAllTextAsync(kubeconfig, _server.KubeconfigFor(token, address ?? _server.Address));
        return ConnectorFor(kubeconfig);
    }

    /// <summary>A client without any library of Kubernetes; the administrator's when no token is given.</summary>
    public HttpClient ClientWith(string? token = null) => _server.ClientWith(token ?? _server.AdminToken);

    public override ResourceSelector Resource(int number) => new("configmaps", Namespace, ResourceMatch.Exact, $"config-{number}");

    public override async Task<bool> AllowsAsync(ResourceSelector resource, Verb verb)
    {
        string[] natives = verb switch { Verb.Read => ["get"], Verb.List => ["list"], Verb.Delete => ["delete"], _ => ["update", "patch"] };
        var answers = await Task.WhenAll(natives.Select(native => ReviewAsync(resource.Container, native, resource.Type, resource.Name)));
        return answers.All(allowed => allowed);
    }

    public async Task<bool> ReviewAsync(string inNamespace, string verb, string resource, string? name = null, bool groups = true)
    {
        var review = await Admin.CreateSubjectAccessReviewAsync(new()
        {
            Spec = new()
            {
                User = $"system:serviceaccount:{Namespace}:app",
                Groups = groups ? ["system:serviceaccounts", $"system:serviceaccounts:{Namespace}", "system:authenticated"] : null,
                ResourceAttributes = new() { NamespaceProperty = inNamespace, Verb = verb, Resource = resource, Name = name },
            },
        });
        return review.Status.Allowed;
    }

    public override async Task<CredentialAnswer> TryAsync(string credential, ResourceSelector toRead)
    {
        using var client = _server.ClientWith(credential);
        using var answer = await client.GetAsync(new Uri($"/api/v1/namespaces/{toRead.Container}/{toRead.Type}/{toRead.Name}", UriKind.Relative));
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => CredentialAnswer.Works,
            HttpStatusCode.Forbidden => CredentialAnswer.Forbidden,
            HttpStatusCode.Unauthorized => CredentialAnswer.NotAccepted,
            var other => throw new InvalidOperationException($"The API server answered {other}."),
        };
    }

    public override async Task GiveByHandAsync(ResourceSelector resource)
    {
        await Admin.CreateNamespacedRoleAsync(new()
        {
            Metadata = new() { Name = "by-hand" },
            Rules = [new() { ApiGroups = [""], Resources = [resource.Type], Verbs = ["get"], ResourceNames = [resource.Name] }],
        }, Namespace);
        await BindByHandAsync("by-hand", new("rbac.authorization.k8s.io", "Role", "by-hand"), Account());
    }

    public Task BindByHandAsync(string name, (string Group, string Kind, string Name) role, params Rbacv1Subject[] subjects) =>
        Admin.CreateNamespacedRoleBindingAsync(new()
        {
            Metadata = new() { Name = name },
            RoleRef = new() { ApiGroup = role.Group, Kind = role.Kind, Name = role.Name },
            Subjects = subjects,
        }, Namespace);

    /// <summary>Defines <c>widgets</c> of a group, with the scope <c>Cluster</c> or <c>Namespaced</c>.</summary>
    public Task DefineAsync(string group, string scope) => Admin.CreateCustomResourceDefinitionAsync(new()
    {
        Metadata = new() { Name = $"widgets.{group}" },
        Spec = new()
        {
            Group = group,
            Scope = scope,
            Names = new() { Plural = "widgets", Singular = "widget", Kind = "Widget" },
            Versions = [new() { Name = "v1", Served = true, Storage = true, Schema = new() { OpenAPIV3Schema = new() { Type = "object" } } }],
        },
    });

    public Rbacv1Subject Account() => new() { Kind = "ServiceAccount", Name = "app", NamespaceProperty = Namespace };

    public override async Task WidenByHandAsync()
    {
        var role = await Admin.ReadNamespacedRoleAsync(Own, Namespace);
        role.Rules.Add(new() { ApiGroups = [""], Resources = ["secrets"], Verbs = ["*"] });
        await Admin.ReplaceNamespacedRoleAsync(role, Own, Namespace);
    }

    public override Task BreakByHandAsync() => Admin.DeleteNamespacedRoleBindingAsync(Own, Namespace);

    public override async Task ForgeByHandAsync(long generation)
    {
        var elsewhere = $"{Namespace}-forged";
        await Admin.CreateNamespaceAsync(new() { Metadata = new() { Name = elsewhere } });
        await Admin.CreateNamespacedRoleBindingAsync(new()
        {
            Metadata = Marked(generation),
            RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = Own },
            Subjects = [Account()],
        }, elsewhere);
    }

    /// <summary>All that makes an object ours.</summary>
    public V1ObjectMeta Marked(long generation) => new()
    {
        Name = Own,
        Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["app.kubernetes.io/managed-by"] = "nhigrains", ["nhigrains.io/identity"] = IdentityId },
        Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["nhigrains.io/generation"] = generation.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["nhigrains.io/principal"] = Binding.Principal,
        },
    };

    public override async Task RecreatePrincipalAsync()
    {
        await Admin.DeleteNamespacedServiceAccountAsync("app", Namespace);
        await CreateAccountAsync();
    }

    public override bool Writes(PassedRequest request) =>
        !request.Reads && !request.Target.Contains("subjectaccessreviews", StringComparison.Ordinal);

    public override bool Lists(PassedRequest request) => request.Reads && request.Target.Contains("limit=", StringComparison.Ordinal);

    public override async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _straight.DisposeAsync();
        await _faulty.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    private async Task CreateAccountAsync() =>
        await Admin.CreateNamespacedServiceAccountAsync(new() { Metadata = new() { Name = "app" } }, Namespace);
}
