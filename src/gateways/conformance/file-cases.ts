import { oneLine, type Case } from './ways.ts';

const tree = `rm -rf $DIR/src; mkdir -p $DIR/src/sub; head -c 5000000 /dev/zero | tr '\\0' 'a' > $DIR/src/big; echo x > "$DIR/src/with space"; echo y > "$DIR/src/-dash"; echo z > $DIR/src/$'semi;\\$(id)'; ln -s big $DIR/src/link; chmod 741 "$DIR/src/with space"; : > $DIR/src/empty; echo deep > $DIR/src/sub/é; rm -rf $DIR/out; mkdir $DIR/out`;
const compare = `(cd $DIR/out && find . -printf '%y %m %p %l\\n' | LC_ALL=C sort; find . -type f -exec sha256sum {} + | LC_ALL=C sort)`;
const scp = 'scp -q -S $SSH';

/** Copying files, every way people do it. */
export const fileCases: readonly Case[] = [
  oneLine('scp up, with its own file transfer', `${tree}; ${scp} -pr $DIR/src $DEST:$DIR/out/; echo $?; ${compare}`, {
    needs: ['scp'],
  }),
  oneLine('scp down, with its own file transfer', `${tree}; ${scp} -pr $DEST:$DIR/src $DIR/out/; echo $?; ${compare}`, {
    needs: ['scp'],
  }),
  oneLine('scp -O up, the old way', `${tree}; ${scp} -O -pr $DIR/src $DEST:$DIR/out/; echo $?; ${compare}`, {
    needs: ['scp'],
  }),
  oneLine('scp -O down, the old way', `${tree}; ${scp} -O -pr $DEST:$DIR/src $DIR/out/; echo $?; ${compare}`, {
    needs: ['scp'],
  }),
  oneLine(
    'scp of a file that is not there',
    `${scp} $DEST:$DIR/none $DIR/x 2>&1 | sed 's/.*scp: /scp: /'; echo \${PIPESTATUS[0]}`,
    { needs: ['scp'] },
  ),
  oneLine('scp -O of a file that is not there', `${scp} -O $DEST:$DIR/none $DIR/x 2>&1; echo $?`, { needs: ['scp'] }),
  oneLine(
    'sftp: put, rename, list, link, get, remove',
    `${tree}; printf '%s\\n' "put $DIR/src/big $DIR/out/a" "rename $DIR/out/a $DIR/out/b" "ln -s b $DIR/out/l" "chmod 600 $DIR/out/b" "mkdir $DIR/out/d" "ls -1 $DIR/out" "get $DIR/out/b $DIR/out/c" "rm $DIR/out/l" "get $DIR/nothing $DIR/x" > $DIR/batch; sftp -q -S $SSH -b $DIR/batch $DEST; echo $?; ${compare}`,
    { needs: ['sftp'] },
  ),
  oneLine(
    'rsync up, then only what changed',
    `${tree}; rsync -a $DIR/src/ $DEST:$DIR/out/; echo $?; echo more >> $DIR/src/big; touch -d @1700000000 $DIR/src/big; rsync -ai --checksum $DIR/src/ $DEST:$DIR/out/; ${compare}`,
    { needs: ['rsync'] },
  ),
  oneLine(
    'rsync down with deletion',
    `${tree}; echo old > $DIR/out/old; rsync -a --delete $DEST:$DIR/src/ $DIR/out/; echo $?; ${compare}`,
    { needs: ['rsync'] },
  ),
  oneLine(
    'git: push, clone and fetch',
    `export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=test GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=test@example.org; rm -rf $DIR/repo $DIR/bare $DIR/clone; git init -q -b main $DIR/repo; git init -q --bare -b main $DIR/bare; seq 1 200000 > $DIR/repo/numbers; git -C $DIR/repo add .; git -C $DIR/repo commit -qm one; git -C $DIR/repo push -q $DEST:$DIR/bare main; echo $?; git clone -q $DEST:$DIR/bare $DIR/clone; echo $?; git -C $DIR/clone log --format='%H %s'; sha256sum < $DIR/clone/numbers; git ls-remote $DEST:$DIR/nowhere 2>&1 | head -n 1`,
    { needs: ['git'] },
  ),
  oneLine(
    'ansible: a module, a file, and nothing to do the second time',
    `${tree}; export HOME=$DIR ANSIBLE_HOME=$DIR/ansible ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_NOCOLOR=1 ANSIBLE_SSH_ARGS='-o ControlMaster=auto -o ControlPersist=5' ANSIBLE_SSH_CONTROL_PATH=$DIR/an ANSIBLE_DEPRECATION_WARNINGS=0; run() { ansible -i 127.0.0.1, all -e "ansible_user=\${DEST%@*} ansible_ssh_executable=$SSH ansible_ssh_transfer_method=piped ansible_python_interpreter=/usr/bin/python3" "$@" 2>&1 | grep -vE '"(delta|start|end|atime|mtime|ctime)"|ansible-tmp|"src"'; }; run -m command -a 'id -un'; run -m copy -a "src=$DIR/src/big dest=$DIR/out/big"; run -m copy -a "src=$DIR/src/big dest=$DIR/out/big" | grep changed; ${compare}`,
    { needs: ['ansible'] },
  ),
];
