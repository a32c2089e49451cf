/* Drives ZooKeeper's C client on one server: c_client HOST:PORT. */
#define THREADED
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

#define CHECK(good)                                                              \
    do {                                                                         \
        if (!(good)) {                                                           \
            fprintf(stderr, "c_client.c:%d: %s does not hold\n", __LINE__, #good); \
            exit(1);                                                             \
        }                                                                        \
    } while (0)

/* The events that watchers got, in bits by type, and how many answers have come. */
static volatile int events, answers, wrong;

static void watched(zhandle_t *zh, int type, int state, const char *path, void *context) {
    if (type == ZOO_SESSION_EVENT) {
        if (state == ZOO_CONNECTED_STATE) *(volatile int *)context = 1;
    } else {
        __sync_fetch_and_or(&events, 1 << type);
    }
}

static void answered(int rc, const void *data) {
    if (rc != ZOK) wrong = rc;
    __sync_fetch_and_add(&answers, 1);
}

static void set(int rc, const struct Stat *stat, const void *data) { answered(rc, data); }

/* Waits for a minute at most: many times what anything here takes. */
#define AWAIT(what)                                               \
    do {                                                          \
        for (int i = 0; i < 6000 && !(what); i++) usleep(10000); \
        CHECK(what);                                              \
    } while (0)

static zhandle_t *connect_to(const char *servers) {
    volatile int connected = 0;
    zhandle_t *zh = zookeeper_init(servers, watched, 10000, NULL, (void *)&connected, 0);
    CHECK(zh != NULL);
    AWAIT(connected);
    zoo_set_context(zh, (void *)&events);
    return zh;
}

static int get(zhandle_t *zh, const char *path, char *into, struct Stat *stat) {
    int length = 99, rc = zoo_get(zh, path, 0, into, &length, stat);
    if (rc == ZOK) into[length < 0 ? 0 : length] = 0;
    return rc;
}

int main(int argc, char **argv) {
    char name[100], data[100];
    struct Stat stat;
    struct String_vector children;
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    zhandle_t *a = connect_to(argv[1]), *b = connect_to(argv[1]);

    CHECK(zoo_create(a, "/c", "one", 3, &ZOO_OPEN_ACL_UNSAFE, 0, name, sizeof name) == ZOK && !strcmp(name, "/c"));
    CHECK(get(a, "/c", data, &stat) == ZOK && !strcmp(data, "one") && stat.version == 0 && stat.dataLength == 3);
    CHECK(zoo_create(a, "/c", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, name, sizeof name) == ZNODEEXISTS);
    CHECK(get(a, "/none", data, &stat) == ZNONODE);
    CHECK(zoo_set(a, "/c", "x", 1, 7) == ZBADVERSION);

    int length = sizeof data;
    CHECK(zoo_wget(b, "/c", watched, (void *)&events, data, &length, &stat) == ZOK);
    CHECK(zoo_wget_children(b, "/c", watched, (void *)&events, &children) == ZOK && children.count == 0);
    CHECK(zoo_wexists(b, "/c/s0000000000", watched, (void *)&events, &stat) == ZNONODE);
    CHECK(zoo_set(a, "/c", "two", 3, 0) == ZOK);
    AWAIT(events & 1 << ZOO_CHANGED_EVENT);
    CHECK(get(b, "/c", data, &stat) == ZOK && !strcmp(data, "two") && stat.version == 1);
    for (int i = 0; i < 3; i++) {
        char want[100];
        snprintf(want, sizeof want, "/c/s%010d", i);
        CHECK(zoo_create(a, "/c/s", NULL, -1, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL | ZOO_SEQUENCE, name, sizeof name)
            == ZOK && !strcmp(name, want));
    }
    AWAIT(events & 1 << ZOO_CHILD_EVENT && events & 1 << ZOO_CREATED_EVENT);
    CHECK(zoo_get_children(b, "/c", 0, &children) == ZOK && children.count == 3);
    deallocate_String_vector(&children);

    CHECK(zoo_add_auth(a, "digest", "ada:one", 7, answered, NULL) == ZOK);
    AWAIT(answers == 1);
    CHECK(zoo_create(a, "/c/mine", "", 0, &ZOO_CREATOR_ALL_ACL, 0, name, sizeof name) == ZOK);
    CHECK(get(b, "/c/mine", data, &stat) == ZNOAUTH && get(a, "/c/mine", data, &stat) == ZOK);

    zoo_op_t ops[3];
    zoo_op_result_t results[3];
    zoo_create_op_init(&ops[0], "/c/m", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, name, sizeof name);
    zoo_set_op_init(&ops[1], "/c/m", "2", 1, 0, &stat);
    zoo_check_op_init(&ops[2], "/c/m", 7);
    CHECK(zoo_multi(a, 3, ops, results) == ZBADVERSION && results[0].err == ZOK && results[2].err == ZBADVERSION);
    CHECK(zoo_exists(a, "/c/m", 0, &stat) == ZNONODE);
    zoo_check_op_init(&ops[2], "/c/m", 1);
    CHECK(zoo_multi(a, 3, ops, results) == ZOK && get(b, "/c/m", data, &stat) == ZOK && !strcmp(data, "2"));

    for (int i = 0; i < 200; i++) {
        int n = snprintf(data, sizeof data, "%d", i);
        CHECK(zoo_aset(a, "/c", data, n, -1, set, NULL) == ZOK);
    }
    AWAIT(answers == 201);
    CHECK(wrong == ZOK && get(a, "/c", data, &stat) == ZOK && !strcmp(data, "199"));

    CHECK(zoo_wexists(b, "/c/s0000000000", watched, (void *)&events, &stat) == ZOK &&
        stat.ephemeralOwner == zoo_client_id(a)->client_id);
    CHECK(zoo_delete(a, "/c/mine", -1) == ZOK && zoo_delete(a, "/c/m", 1) == ZOK &&
        zoo_delete(a, "/c", -1) == ZNOTEMPTY);
    CHECK(zookeeper_close(a) == ZOK);
    AWAIT(events & 1 << ZOO_DELETED_EVENT);
    CHECK(zoo_delete(b, "/c", -1) == ZOK && zoo_exists(b, "/c", 0, &stat) == ZNONODE);
    CHECK(zookeeper_close(b) == ZOK);
    printf("   the C client is served\n");
    return 0;
}
