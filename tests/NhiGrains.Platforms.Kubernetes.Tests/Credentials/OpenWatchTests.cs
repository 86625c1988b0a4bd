using k8s;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Kubernetes.Tests.Credentials;

/// <summary>
/// Why a watch is not given for a time. On a server of its own, which closes watches after 2 to 4 s (and not half an hour to an
/// hour) when their client says nothing else.
/// </summary>
public class OpenWatchTests
{
    [Fact]
    public async Task A_watch_outlives_its_binding_and_its_token_for_as_long_as_its_client_asked_for()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await KubeApiServer.StartAsync(cancellation, "--min-request-timeout=2");
        await using var target = await KubernetesTarget.MakeAsync(server);
        await target.ApplyAsync(target.Desired(2, target.Entitlement(target.AllResources, []) with { NativeActions = ["k8s:configmaps:watch"] }));
        var now = TimeProvider.System.GetUtcNow();
        var request = new CredentialRequest(target.Binding, target.IdentityId, "g", now.AddMinutes(1), now);
        var secret = (await target.Connector.IssueCredentialAsync(request, ConnectorTarget.Valid(), cancellation)).Value.Secret;
        using var client = server.ClientWith(secret);
        using var plain = await OpenAsync(client, target, "");
        using var asked = await OpenAsync(client, target, "&timeoutSeconds=86400");

        await target.ApplyAsync(target.Desired(3));
        await target.Connector.EndSessionsAsync(target.Binding, target.IdentityId, ["g"], ConnectorTarget.Valid(), cancellation);
        await Eventually.TrueAsync(async () => await target.TryAsync(secret, target.Resource(1)) == CredentialAnswer.NotAccepted,
            target.Connector.Capabilities.CredentialEndLag, () => "The token is still accepted.", cancellation);
        await target.Admin.CreateNamespacedConfigMapAsync(new() { Metadata = new() { Name = "made-after-the-end" } }, target.Namespace, cancellationToken: cancellation);

        Assert.DoesNotContain("made-after-the-end", await plain.ReadToEndAsync(cancellation).WaitAsync(TimeSpan.FromSeconds(10), cancellation), StringComparison.Ordinal);
        Assert.True(await TellsAsync(asked, "made-after-the-end", cancellation).WaitAsync(TimeSpan.FromSeconds(10), cancellation));
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client, KubernetesTarget target, string query)
    {
        StreamReader? open = null;
        var address = new Uri($"/api/v1/namespaces/{target.Namespace}/configmaps?watch=true{query}", UriKind.Relative);
        // The authorizer hears of the binding a moment after it was written.
        await Eventually.TrueAsync(async () =>
        {
            var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
            open = answer.IsSuccessStatusCode ? new(await answer.Content.ReadAsStreamAsync()) : null;
            return open is not null;
        }, TimeSpan.FromSeconds(5), () => "The watch is refused.", TestContext.Current.CancellationToken);
        return open ?? StreamReader.Null;
    }

    private static async Task<bool> TellsAsync(StreamReader watch, string name, CancellationToken cancellation)
    {
        while (await watch.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Contains(name, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
