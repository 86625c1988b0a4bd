using System.Net.Http.Headers;
using System.Text;

namespace NhiGrains.Sandbox.Demo;

/// <summary>What is there before anybody is in control, told to the platforms' own APIs: a secret, a namespace, and somebody nobody knows of.</summary>
internal static class DemoStory
{
    public static IReadOnlyList<(string Path, string Body)> OfProject(string project) =>
    [
        ($"v1/projects/{project}/secrets?secretId=deploy-key", """{"replication":{"automatic":{}}}"""),
        ($"v1/projects/{project}/secrets/deploy-key:addVersion", """{"payload":{"data":"c2VjcmV0"}}"""),
        ($"v1/projects/{project}/serviceAccounts", """{"accountId":"legacy-deployer","serviceAccount":{"displayName":"nobody knows"}}"""),
    ];

    public static IReadOnlyList<(string Path, string Body)> OfCluster { get; } =
    [
        ("api/v1/namespaces", """{"metadata":{"name":"shop"}}"""),
        ("api/v1/namespaces/shop/configmaps", """{"metadata":{"name":"prices"},"data":{"note":"of the demo"}}"""),
        ("api/v1/namespaces/shop/configmaps", """{"metadata":{"name":"opening-hours"},"data":{"note":"of the demo"}}"""),
        ("api/v1/namespaces/shop/serviceaccounts", """{"metadata":{"name":"legacy-deployer"}}"""),
        ("apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings", """
            {"metadata":{"name":"legacy"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
             "subjects":[{"kind":"ServiceAccount","name":"legacy-deployer","namespace":"shop"}]}
            """),
    ];

    /// <exception cref="InvalidOperationException">A platform refused; the message says what it said.</exception>
    public static async Task TellAsync(Uri address, string token, IReadOnlyList<(string Path, string Body)> story)
    {
        using var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (path, body) in story)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
