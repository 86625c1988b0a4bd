using System.Net;
using System.Net.Http.Json;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Kubernetes.Tests.Credentials;

/// <summary>Real requests with a token that was handed out, to objects that a real server keeps for a definition.</summary>
public class CustomResourceTokenTests(Cluster cluster) : KubernetesTests(cluster)
{
    [Fact]
    public async Task A_token_does_with_custom_resources_of_the_cluster_what_was_given_and_no_more()
    {
        var group = $"{Target.Namespace}.example.com";
        var path = new Uri($"apis/{group}/v1/widgets", UriKind.Relative);
        await Target.DefineAsync(group, "Cluster");
        using var admin = Target.ClientWith();
        foreach (var name in (string[])["web", "web-1"])
            await Eventually.TrueAsync(async () => (await admin.PostAsJsonAsync(path, new { apiVersion = $"{group}/v1", kind = "Widget", metadata = new { name } }, Cancellation)).StatusCode == HttpStatusCode.Created,
                TimeSpan.FromSeconds(20), () => "The definition is not served.", Cancellation);
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(new($"widgets.{group}", "", ResourceMatch.Exact, "web"), Verb.Read, Verb.Delete)));
        var now = TimeProvider.System.GetUtcNow();
        var issued = (await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g", now.AddMinutes(1), now), ConnectorTarget.Valid(), Cancellation)).Value;
        using var account = Target.ClientWith(issued.Secret);
        Task<HttpStatusCode> SendAsync(HttpMethod method, string name) => AnswerAsync(account, method, $"{path}{name}");

        await Eventually.TrueAsync(async () => await SendAsync(HttpMethod.Get, "/web") == HttpStatusCode.OK, TimeSpan.FromSeconds(5), () => "What was given does not work.", Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, "/web-1"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, ""));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Delete, "/web-1"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Delete, ""));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Delete, "/web"));
        await Target.ApplyAsync(Target.Desired(3));
        await Eventually.TrueAsync(async () => await SendAsync(HttpMethod.Get, "/web") == HttpStatusCode.Forbidden, TimeSpan.FromSeconds(5), () => "What was taken away works.", Cancellation);
    }

    private static async Task<HttpStatusCode> AnswerAsync(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        using var answer = await client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }
}
